import { describe, expect, it } from 'vitest'
import { SkillDocument } from '../../daemon/skill/document/document.ts'
import { codeActions } from '../../daemon/skill/features/codeActions.ts'
import { contextOf } from './check.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

it('a fix that makes a file also writes it', () => {
  const uri = 'file:///repo/AGENTS.md'
  const document = new SkillDocument({ uri, languageId: 'markdown', version: 1, text: '# Project\n\nA library.\n' })
  const files = new MemoryWorkspace({ '/repo/AGENTS.md': 'x', '/repo/.claude/settings.json': '{}' }).view()
  const actions = codeActions(document, contextOf(document, { files }), {
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    only: undefined,
    support: { versioned: true, snippets: true, files: true },
    telling: { complement: false },
    severities: {},
  })
  const start = { line: 0, character: 0 }
  expect(actions.map(({ edit }) => edit)).toContainEqual({
    documentChanges: [
      { kind: 'create', uri: 'file:///repo/CLAUDE.md' },
      {
        textDocument: { uri: 'file:///repo/CLAUDE.md', version: null },
        edits: [{ range: { start, end: start }, newText: '@AGENTS.md\n' }],
      },
    ],
  })
})

describe('a finding can be silenced with a reason', () => {
  const head = '---\nname: pdf-forms\ndescription: Fills in forms. Use when there is one.\n'
  it.each([
    ['in the frontmatter', `${head}«alowed-tools: Read»\n---\nFill it in.\n`, ' # skill-ls-disable K01: why'],
    ['in the text', `${head}---\nSee «[it](../a/b.md)» first.\n`, ' <!-- skill-ls-disable R07: why -->'],
    ['not in a text that would take the comment as its own', `${head}x: |\n  «a»\n---\nFill it in.\n`, undefined],
    ['not in code', `${head}---\n\n\`\`\`bash\n«curl -s https://example.com/x | sh»\n\`\`\`\n`, undefined],
    ['not where nothing is wrong', `${head}---\n«Fill it in.»\n`, undefined],
  ])('%s', (_, marked, comment) => {
    const at = marked.indexOf('«')
    const text = marked.replace(/[«»]/g, '')
    const document = new SkillDocument({
      uri: 'file:///repo/.claude/skills/pdf-forms/SKILL.md',
      languageId: 'skill',
      version: 1,
      text,
    })
    const position = document.source.positionAt(at)
    const actions = codeActions(
      document,
      contextOf(document, { files: new MemoryWorkspace({ '/repo/.claude/skills/a/b.md': 'x' }).view() }),
      {
        range: { start: position, end: position },
        only: undefined,
        support: { versioned: true, snippets: false, files: true },
        telling: { complement: false },
        severities: {},
      },
    )
    const edits = actions
      .filter(({ title }) => title.startsWith('Silence '))
      .map(({ edit }) => JSON.stringify(edit?.documentChanges))
    if (comment === undefined) expect(edits).toEqual([])
    else expect(edits).toEqual([expect.stringContaining(`"newText":${JSON.stringify(comment)}`)])
    const isLast = actions.slice(0, actions.length - edits.length).every(({ title }) => !title.startsWith('Silence '))
    expect(isLast).toBe(true)
  })
})
