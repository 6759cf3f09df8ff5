import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CodeAction, CompletionList, Hover, TextDocumentEdit } from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { codes, type Editor, openEditor } from './editor.ts'

const uri = 'file:///home/ana/.agents/skills/pdf-forms/SKILL.md'
const broken = '---\nname: PDF Forms\ndescription: Use when: a form\n---\nFill it in.\n'
const sound = '---\nname: pdf-forms\ndescription: Fills in forms. Use when there is a form.\n---\nFill it in.\n'

let editor: Editor

afterEach(() => editor.dispose())

function change(text: string, version: number, at = uri) {
  return editor.notify('textDocument/didChange', { textDocument: { uri: at, version }, contentChanges: [{ text }] })
}

function actions(line: number, only?: string[]): Promise<CodeAction[] | null> {
  const range = { start: { line, character: 0 }, end: { line, character: 0 } }
  return editor.request('textDocument/codeAction', { textDocument: { uri }, range, context: { diagnostics: [], only } })
}

/** The text after an action's edit, and the snippet edits' text as written. */
function edited(text: string, action: CodeAction): string {
  const [{ edits, textDocument }] = action.edit!.documentChanges as [TextDocumentEdit]
  expect(textDocument.uri).toBe(uri)
  const plain = edits.map((edit) => ('snippet' in edit ? { range: edit.range, newText: edit.snippet.value } : edit))
  return TextDocument.applyEdits(TextDocument.create(uri, 'skill', 1, text), plain)
}

describe('the language server in full mode', () => {
  beforeEach(async () => {
    editor = await openEditor()
  })

  it('says what it can do', () => {
    expect(editor.capabilities).toMatchObject({
      textDocumentSync: { openClose: true, change: 2 },
      completionProvider: {},
      hoverProvider: true,
      codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll.paddock'] },
    })
  })

  it('publishes findings with code, source, severity and exact range, and takes them back', async () => {
    await editor.open(
      uri,
      '---\nname: PDF Forms\ndescription: Fills in forms. Use when there is a form.\n---\nFill it in.\n',
    )
    expect(await editor.published(uri)).toEqual({
      uri,
      version: 1,
      diagnostics: [
        {
          range: { start: { line: 1, character: 6 }, end: { line: 1, character: 15 } },
          severity: 1,
          code: 'N05',
          codeDescription: { href: 'https://agentskills.io/specification' },
          source: 'paddock',
          message:
            'A name has only lowercase letters a-z, digits and hyphens. Copilot CLI, Codex and Gemini CLI take it.',
        },
      ],
    })
    await change(sound, 2)
    expect(await editor.published(uri)).toEqual({ uri, version: 2, diagnostics: [] })
    await change(broken, 3)
    expect(codes((await editor.published(uri)).diagnostics)).toEqual(['Y05'])
    await editor.notify('textDocument/didClose', { textDocument: { uri } })
    expect(await editor.published(uri)).toEqual({ uri, diagnostics: [] })
  })

  it('follows edits of parts of the text, CRLF and astral characters included', async () => {
    await editor.open(uri, '---\r\nname: pdf-forms\r\ndescription: "🐎"\r\n---\r\nFill it in.\r\n')
    expect(codes((await editor.published(uri)).diagnostics)).toEqual([])
    await editor.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [
        { range: { start: { line: 2, character: 14 }, end: { line: 2, character: 16 } }, text: '' },
        { range: { start: { line: 1, character: 6 }, end: { line: 1, character: 9 } }, text: 'web' },
      ],
    })
    const { diagnostics } = await editor.published(uri)
    const told = diagnostics.filter(({ severity }) => severity !== 4)
    expect(told.map(({ code, range }) => [code, range])).toEqual([
      ['N08', { start: { line: 1, character: 6 }, end: { line: 1, character: 15 } }],
      ['D03', { start: { line: 2, character: 13 }, end: { line: 2, character: 15 } }],
    ])
  })

  it('answers many edits at once with the last state', async () => {
    await editor.open(uri, sound)
    await editor.published(uri)
    const texts = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? broken : sound))
    await Promise.all(texts.map((text, i) => change(text, i + 2)))
    let last = await editor.published(uri)
    while (last.version !== 51) last = await editor.published(uri)
    expect(last.diagnostics).toEqual([])
    expect(editor.unasked.get(uri) ?? []).toEqual([])
  })

  it.each([
    ['file:///a/notes/README.md', 'markdown', false],
    ['file:///a/my-skill/SKILL.md', 'markdown', true],
    ['file:///a/my-skill/skill.md', 'markdown', true],
    ['untitled:Untitled-1', 'skill', true],
    ['file:///a/my-skill/NOTASKILL.md', 'markdown', false],
  ])('of %s (%s) is asked: %s', async (address, languageId, served) => {
    await editor.open(address, '', languageId)
    await editor.open(uri, '')
    await editor.published(uri)
    expect(editor.unasked.has(address)).toBe(served)
    const params = { textDocument: { uri: address }, position: { line: 0, character: 0 } }
    const list = await editor.request<CompletionList | null>('textDocument/completion', params)
    expect((list?.items ?? []).length > 0).toBe(served)
  })

  it('offers fixes on the line of a finding, and they take it away', async () => {
    await editor.open(uri, broken)
    const { diagnostics } = await editor.published(uri)
    const [fix] = (await actions(2, ['quickfix']))!
    expect(fix).toMatchObject({ title: 'Put the value in quotes', kind: 'quickfix', isPreferred: true, diagnostics })
    await change(edited(broken, fix!), 2)
    expect(codes((await editor.published(uri)).diagnostics)).toEqual(['N05'])
    expect(await actions(0)).toEqual([])
  })

  it('offers a description to type over', async () => {
    const text = '---\nname: pdf-forms\n---\nFill it in.\n'
    await editor.open(uri, text)
    const [fix] = (await actions(0))!
    expect(edited(text, fix!)).toBe(
      `---\nname: pdf-forms\ndescription: \${1:What this skill does. Use when …}\n---\nFill it in.\n`,
    )
  })

  it('fixes all that is safe when asked by kind, in one edit', async () => {
    await editor.open(uri, broken)
    for (const kind of ['source', 'source.fixAll', 'source.fixAll.paddock']) {
      const [all, ...others] = (await actions(0, [kind]))!
      expect(others).toEqual([])
      expect(edited(broken, all!)).toBe("---\nname: pdf-forms\ndescription: 'Use when: a form'\n---\nFill it in.\n")
    }
    await change(sound, 2)
    expect(await actions(0, ['source.fixAll'])).toEqual([])
    expect(await actions(0, ['refactor'])).toEqual([])
  })

  it('completes and explains', async () => {
    await editor.open(uri, '---\nname: pdf-forms\n\n---\nFill it in.\n')
    const at = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } })
    const { items } = await editor.request<CompletionList>('textDocument/completion', at(2, 0))
    expect(items.map(({ label }) => label)).toContain('description')
    const shown = await editor.request<Hover>('textDocument/hover', at(1, 2))
    expect(JSON.stringify(shown.contents)).toContain('**name**')
    expect(await editor.request('textDocument/hover', at(3, 0))).toBeNull()
  })

  it('answers about a file that is not open with nothing', async () => {
    const params = { textDocument: { uri: 'file:///x/SKILL.md' }, position: { line: 0, character: 0 } }
    expect(await editor.request('textDocument/completion', params)).toBeNull()
    expect(await editor.request('textDocument/hover', params)).toBeNull()
  })

  it('refuses an unknown method and goes on', async () => {
    await expect(editor.request('textDocument/fly', {})).rejects.toThrow(/Unhandled method/)
    await editor.open(uri, sound)
    expect((await editor.published(uri)).diagnostics).toEqual([])
  })

  it('answers positions outside the text', async () => {
    await editor.open(uri, sound)
    const params = { textDocument: { uri }, position: { line: 4000, character: 4000 } }
    expect(await editor.request('textDocument/completion', params)).toMatchObject({ items: [] })
    expect(await editor.request('textDocument/hover', params)).toBeNull()
  })
})

describe('the language server beside VS Code’s own support', () => {
  beforeEach(async () => {
    editor = await openEditor({ complement: true })
  })

  it.each([
    ['---\ndescription: Fills in forms. Use when there is a form.\n---\nFill it in.\n', []],
    ['---\nname: PDF Forms\n---\nFill it in.\n', []],
    ['---\nname: [a]\ndescription: {a: b}\n---\nFill it in.\n', []],
    ['---\nname: web\ndescription:\n---\nFill it in.\n', []],
    ['---\nname: a\nname: b\n---\nFill it in.\n', []],
    ['---\nname: 3000\ndescription: 1.0\n---\nFill it in.\n', ['N02', 'D02']],
    [broken, ['Y05']],
    ['# Forms\n', ['Y01']],
    ['---\nname: pdf-forms\n', ['Y03']],
    ['---\nname: pdf--forms\ndescription: Fills in forms. Use when there is a form.\n---\nFill it in.\n', ['N07']],
    [`---\nname: pdf-forms\ndescription: ${'x'.repeat(1025)}\n---\nFill it in.\n`, ['D04']],
  ])('says of %j only what is not said', async (text, expected) => {
    await editor.open(uri, text)
    expect(codes((await editor.published(uri)).diagnostics)).toEqual(expected)
  })

  const agent = (lines: string) => `---\nname: a\ndescription: Reviews. Use after changes.\n${lines}\n---\n\nReview.\n`
  it.each([
    ['/repo/.claude/agents/a.md', agent('model: opuss\npermissionMode: bypas\nmemory: everywhere\nhooks: 7'), []],
    ['/repo/.claude/agents/a.md', agent('hooks:\n  Stop: 7\neffort: hgih\nisolation: tree'), ['Q05', 'Q05']],
    ['/repo/.github/agents/a.agent.md', agent("tools: [search]\nagents: ['a']\nfoo: 1\nhooks: 7"), []],
    ['/repo/.github/agents/a.agent.md', agent('handoffs:\n  - label: Go\n    agent: a\n    sent: true'), []],
    ['/repo/.github/agents/a.agent.md', agent('github:\n  permissions:\n    contents: wirte'), []],
    ['/repo/.github/agents/a.chatmode.md', agent('tools: [search]'), []],
  ])('says of the agent %s %j only what is not said', async (path, text, expected) => {
    await editor.open(`file://${path}`, text, 'chatagent')
    expect(codes((await editor.published(`file://${path}`)).diagnostics)).toEqual(expected)
  })

  it('leaves to the editor what no JSON is, and the type of a rule’s paths', async () => {
    const manifest = 'file:///repo/.claude-plugin/plugin.json'
    await editor.open(manifest, '{ "name": "a" }\n,', 'json')
    expect((await editor.published(manifest)).diagnostics).toEqual([])
    const rule = 'file:///repo/.claude/rules/kind.md'
    await editor.open(rule, '---\npaths: 7\n---\n\n# Kind\n\nBe kind.\n', 'instructions')
    expect((await editor.published(rule)).diagnostics).toEqual([])
  })

  it.each([
    ['.claude/skills/pdf/SKILL.md', 'skill', '---\ncontext: \n---\n', 1, ['inline']],
    ['.claude/skills/pdf/SKILL.md', 'skill', '---\nuser-invocable: \n---\n', 1, []],
    ['.claude/agents/a.md', 'chatagent', '---\npermissionMode: \n---\n', 1, ['auto']],
    ['.claude/agents/a.md', 'chatagent', '---\nmemory: \n---\n', 1, []],
    ['.github/agents/a.agent.md', 'chatagent', '---\ntools: \n---\n', 1, []],
    ['.claude/skills/pdf/SKILL.md', 'skill', '# A\n\n[a](', 2, []],
    ['AGENTS.md', 'markdown', '# A\n\n[a](#', 2, []],
  ])('offers in %s (%s) %j what is not offered', async (path, languageId, text, line, expected) => {
    const at = `file:///repo/${path}`
    await editor.open(at, text, languageId)
    const position = { line, character: text.split('\n')[line]!.length }
    const { items } = (await editor.request('textDocument/completion', { textDocument: { uri: at }, position })) as {
      items: { label: string }[]
    }
    expect(items.map(({ label }) => label)).toEqual(expected)
  })

  it('offers of Claude Code’s agents the keys and tools that VS Code does not know', async () => {
    const at = 'file:///repo/.claude/agents/a.md'
    await editor.open(at, '---\nname: a\n\ntools: \n---\n', 'chatagent')
    const labelsAt = async (line: number, character: number) => {
      const params = { textDocument: { uri: at }, position: { line, character } }
      const { items } = (await editor.request('textDocument/completion', params)) as { items: { label: string }[] }
      return items.map(({ label }) => label)
    }
    const further = ['maxTurns', 'background', 'effort', 'isolation', 'color', 'initialPrompt']
    expect(await labelsAt(2, 0)).toEqual(further)
    const tools = await labelsAt(3, 7)
    expect(tools).toContain('TodoWrite')
    expect(tools.filter((tool) => ['Read', 'Write', 'Bash', 'WebFetch', 'Skill'].includes(tool))).toEqual([])
  })

  it('says everything of a SKILL.md that is opened as plain Markdown', async () => {
    await editor.open(
      uri,
      '---\nname: PDF Forms\ndescription: Fills in forms. Use when there is a form.\n---\nFill it in.\n',
      'markdown',
    )
    expect(codes((await editor.published(uri)).diagnostics)).toEqual(['N05'])
  })

  it('offers its fixes for what VS Code reports', async () => {
    const text = '---\nname: PDF Forms\ndescription: Fills in forms. Use when there is a form.\n---\nFill it in.\n'
    await editor.open(uri, text)
    const [fix] = (await actions(1))!
    expect(fix!.diagnostics).toEqual([])
    expect(edited(text, fix!)).toBe(sound)
  })
})

describe('an editor', () => {
  it('without versioned edits and snippets gets plain ones', async () => {
    editor = await openEditor(undefined, {})
    await editor.open(uri, '---\nname: pdf-forms\n---\nFill it in.\n')
    const [fix] = (await actions(0))!
    expect(fix!.edit).toEqual({
      changes: {
        [uri]: [
          {
            range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } },
            newText: 'description: What this skill does. Use when …\n',
          },
        ],
      },
    })
  })

  it('that says exit ends the server and not the process', async () => {
    editor = await openEditor()
    await editor.open(uri, broken)
    await editor.published(uri)
    await editor.request('shutdown')
    await editor.notify('exit')
    await change(sound, 2)
    await editor.ended
    const another = await openEditor()
    await another.open(uri, sound)
    expect((await another.published(uri)).diagnostics).toEqual([])
    expect(editor.unasked.get(uri) ?? []).toEqual([])
    another.dispose()
  })

  it('that no longer speaks the protocol is hung up on', async () => {
    editor = await openEditor()
    editor.garble()
    await editor.ended
  })

  it('that crashes in the middle leaves nothing behind', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => rejections.push(reason)
    process.on('unhandledRejection', note)
    editor = await openEditor()
    const crashing = await openEditor()
    await crashing.open(uri, broken)
    await crashing.published(uri)
    const unanswered = [
      crashing.notify('textDocument/didChange', {
        textDocument: { uri, version: 2 },
        contentChanges: [{ text: sound }],
      }),
      crashing.request('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 1 } }),
    ].map((sent: Promise<unknown>) => sent.catch(() => {}))
    crashing.crash()
    await editor.open(uri, sound)
    await editor.published(uri)
    crashing.dispose()
    await Promise.all(unanswered)
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })
})
