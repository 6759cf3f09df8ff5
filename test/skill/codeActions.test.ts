import { expect, it } from 'vitest'
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
