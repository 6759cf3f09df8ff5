import { afterEach, describe, expect, it } from 'vitest'
import type { CodeLens, Location, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver'
import { uriOf } from '../../daemon/skill/document/location.ts'
import { eventually } from '../support/eventually.ts'
import { home } from './check.ts'
import { codes, type Editor, openEditor } from './editor.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

const forms = '/repo/.claude/skills/forms/SKILL.md'
const charts = '/web/.agents/skills/charts/SKILL.md'
const formsText = '---\nname: forms\ndescription: Fills in forms. Use when there is one.\n---\n\nThen /charts.\n'
const chartsText = '---\nname: charts\ndescription: Draws charts. Use when there are numbers.\n---\n'
const files = {
  [forms]: formsText,
  [charts]: chartsText,
  [`${home}/.claude/skills/mine/SKILL.md`]: chartsText.replace('charts', 'mine'),
}

let editor: Editor
afterEach(() => editor.dispose())

const full = {
  workspace: {
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true, snippetEditSupport: true, resourceOperations: ['create', 'rename'] },
  },
}

async function start(options?: unknown): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace(files)
  editor = await openEditor(options, full, { workspace, folders: ['/repo', '/web'] })
  // The roots are looked through in the background.
  await eventually(async () => (await editor.request<unknown[]>('workspace/symbol', { query: '' })).length).toBe(3)
  return workspace
}

const at = (path: string, line: number, character: number) => ({
  textDocument: { uri: uriOf(path) },
  position: { line, character },
})

describe('a server with two folders and a home directory', () => {
  it('says what it can do', async () => {
    await start()
    expect(editor.capabilities).toMatchObject({
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      documentFormattingProvider: true,
      workspaceSymbolProvider: true,
      callHierarchyProvider: true,
      workspace: { fileOperations: { willRename: {} } },
    })
  })

  it('finds across folders, and renames with folder and mentions in one edit', async () => {
    await start()
    await editor.open(uriOf(forms), formsText)
    expect(await editor.request<Location[]>('textDocument/definition', at(forms, 5, 7))).toMatchObject([
      { uri: uriOf(charts) },
    ])
    const edit = await editor.request<WorkspaceEdit>('textDocument/rename', { ...at(forms, 5, 7), newName: 'plots' })
    const changed = edit.documentChanges!.map((change) =>
      'kind' in change ? `${change.kind}` : (change as TextDocumentEdit).textDocument,
    )
    expect(changed).toEqual([{ uri: uriOf(charts), version: null }, { uri: uriOf(forms), version: 1 }, 'rename'])
    await expect(editor.request('textDocument/rename', { ...at(forms, 5, 7), newName: 'Not a name' })).rejects.toThrow(
      /lowercase/,
    )
  })

  it('answers when a folder is renamed in the explorer', async () => {
    await start()
    const move = { oldUri: 'file:///web/.agents/skills/charts', newUri: 'file:///web/.agents/skills/plots' }
    const edit = await editor.request<WorkspaceEdit>('workspace/willRenameFiles', { files: [move] })
    expect(edit.documentChanges).toHaveLength(2)
  })

  it('asks the editor for news of files, and follows them', async () => {
    const workspace = await start()
    await eventually(() => editor.registered).toContain('workspace/didChangeWatchedFiles')
    workspace.rename('/web/.agents/skills/charts', '/web/.agents/skills/plots')
    await editor.notify('workspace/didChangeWatchedFiles', {
      changes: [
        { uri: 'file:///web/.agents/skills/charts', type: 3 },
        { uri: 'file:///web/.agents/skills/plots', type: 1 },
      ],
    })
    await editor.open(uriOf(forms), formsText.replace('/charts', '/plots'))
    await expect
      .poll(() => editor.request<Location[]>('textDocument/definition', at(forms, 5, 7)))
      .toMatchObject([{ uri: 'file:///web/.agents/skills/plots/SKILL.md' }])
  })

  it('follows folders that join and leave the workspace', async () => {
    await start()
    const folder = { uri: 'file:///web', name: 'web' }
    const tell = (event: unknown) => editor.notify('workspace/didChangeWorkspaceFolders', { event })
    const names = async () => (await editor.request<{ name: string }[]>('workspace/symbol', { query: 'charts' })).length
    await tell({ added: [], removed: [folder] })
    await eventually(names).toBe(0)
    await tell({ added: [folder], removed: [] })
    await eventually(names).toBe(1)
  })

  it('tells again what the disk makes of a document, once it is known', async () => {
    const workspace = await start()
    const text = formsText.replace('---\n\n', 'license: Terms in LICENSE.txt\n---\n\n')
    await editor.open(uriOf(forms), text)
    expect(codes((await editor.published(uriOf(forms))).diagnostics)).toEqual([])
    expect(codes((await editor.published(uriOf(forms))).diagnostics)).toEqual(['K05'])
    workspace.write('/repo/.claude/skills/forms/LICENSE.txt', '…')
    const uri = 'file:///repo/.claude/skills/forms/LICENSE.txt'
    await editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 1 }] })
    expect(codes((await editor.published(uriOf(forms))).diagnostics)).toEqual([])
  })

  it('takes severities and profiles from settings', async () => {
    await start({ settings: { severity: { D07: 'error', N: 'off', X99: 'loud' }, profiles: ['spec', 'nonsense'] } })
    await editor.open(
      uriOf(forms),
      '---\nname: Other\ndescription: Fills in all kinds of forms.\n---\n\n# Forms\n\nAsk for the form.\n',
    )
    expect((await editor.published(uriOf(forms))).diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['D07', 1],
    ])
    await editor.notify('workspace/didChangeConfiguration', {
      settings: { paddock: { skills: { profiles: ['vscode'] } } },
    })
    expect(codes((await editor.published(uriOf(forms))).diagnostics)).toEqual(['N06'])
  })

  it('sends lenses only for commands that the client has, and counts references late', async () => {
    await start({ commands: ['paddock.skills.showReferences'] })
    await editor.open(uriOf(charts), chartsText)
    const lenses = await editor.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: uriOf(charts) } })
    expect(lenses).toHaveLength(1)
    const counted = await editor.request<CodeLens>('codeLens/resolve', lenses[0])
    expect(counted.command?.title).toBe('1 reference')
  })

  it('says nothing of a README, and answers about mentions in it', async () => {
    await start()
    const readme = '/repo/README.md'
    await editor.open(uriOf(readme), 'Run $[web].charts.\n', 'markdown')
    expect(await editor.request<Location[]>('textDocument/definition', at(readme, 0, 13))).toMatchObject([
      { uri: uriOf(charts) },
    ])
    expect(editor.unasked.has(uriOf(readme))).toBe(false)
  })

  it('answers every other request about an open skill', async () => {
    await start()
    await editor.open(uriOf(forms), formsText)
    const textDocument = { uri: uriOf(forms) }
    const ask = <R>(method: string, params: object = {}) =>
      editor.request<R>(`textDocument/${method}`, { textDocument, ...params })
    const range = { start: { line: 0, character: 0 }, end: { line: 6, character: 0 } }
    const onName = { position: { line: 1, character: 7 } }
    const onMention = { position: { line: 5, character: 7 } }
    expect(await ask<unknown[]>('documentSymbol')).toMatchObject([
      { name: 'Frontmatter', children: [{ name: 'name' }, { name: 'description' }] },
    ])
    expect(await ask<unknown[]>('foldingRange')).toMatchObject([{ startLine: 0, endLine: 3 }])
    expect(await ask<unknown[]>('selectionRange', { positions: [range.start] })).toHaveLength(1)
    expect(await ask<unknown[]>('documentLink')).toMatchObject([{ target: uriOf(charts) }])
    expect(await ask<unknown[]>('formatting', { options: { tabSize: 2, insertSpaces: true } })).toEqual([])
    expect((await ask<{ data: number[] }>('semanticTokens/full')).data).toHaveLength(5)
    const hints = await ask<{ label: string; position: object }[]>('inlayHint', { range })
    expect(hints.map(({ position }) => position)).toEqual([
      { line: 2, character: 51 },
      { line: 3, character: 3 },
    ])
    expect(hints[0]!.label).toMatch(/^≈ \d+ tokens always · \d+\.\d % of the listing$/)
    expect(hints[1]!.label).toMatch(/^≈ \d+ tokens when it is used$/)
    expect(await ask<Location[]>('references', { ...onMention, context: { includeDeclaration: true } })).toMatchObject([
      { uri: uriOf(charts) },
      { uri: uriOf(forms), range: { start: { line: 5, character: 6 }, end: { line: 5, character: 12 } } },
    ])
    expect(await ask<{ contents: { value: string } }>('hover', onMention)).toMatchObject({
      contents: { value: expect.stringMatching(/\*\*charts\*\* — skill, about \d+ tokens \(estimated\)/) },
    })
    const { items } = await ask<{ items: { label: string }[] }>('completion', onMention)
    expect(items.map(({ label }) => label)).toContain('/charts')
    const [item] = await ask<unknown[]>('prepareCallHierarchy', onName)
    expect(await editor.request<unknown[]>('callHierarchy/outgoingCalls', { item })).toMatchObject([
      { to: { name: 'charts', uri: uriOf(charts) } },
    ])
    expect(await editor.request<unknown[]>('callHierarchy/incomingCalls', { item })).toEqual([])
    expect(await ask('linkedEditingRange', onName)).toBeNull()
    expect(await ask('prepareRename', { position: { line: 1, character: 7 } })).toMatchObject({ placeholder: 'forms' })
    expect(await editor.request<unknown[]>('paddock/explainSkill', { textDocument })).toHaveLength(10)
    const missing = { textDocument: { uri: 'file:///repo/none/SKILL.md' } }
    expect(await editor.request('textDocument/documentSymbol', missing)).toBeNull()
    expect(await editor.request('textDocument/semanticTokens/full', missing)).toEqual({ data: [] })
  })

  it('tells which skills can be named at the end of a prompt', async () => {
    await start()
    const names = (text: string) => editor.request<object[]>('paddock/skillNames', { text })
    expect(await names('Please use /ch')).toEqual([
      { label: '/charts', detail: 'Draws charts. Use when there are numbers.', insert: '/charts', replaces: 3 },
    ])
    expect(await names('Use (/')).toHaveLength(3)
    expect(await names(`${'x '.repeat(5000)}$[web].fo`)).toMatchObject([{ insert: 'forms', replaces: 2 }])
    for (const text of ['', 'a/b', '/usr/', 'https:/', '$HOME', `${'a'.repeat(100_000)}/ch`]) {
      expect([text.slice(0, 20), await names(text)]).toEqual([text.slice(0, 20), []])
    }
  })

  it('broken off in the middle of looking leaves nothing running', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    class HeldWorkspace extends MemoryWorkspace {
      override async list(path: string) {
        const items = await super.list(path)
        await held
        return items
      }
    }
    const workspace = new HeldWorkspace(files)
    editor = await openEditor(undefined, full, { workspace, folders: ['/repo', '/web'] })
    await eventually(() => workspace.asked.list).toBeGreaterThan(0)
    editor.dispose()
    const asked = { ...workspace.asked }
    release()
    // One that begins now is through: what went on would be so too.
    await start()
    expect(workspace.asked).toEqual(asked)
  })

  it('that is left while it asks to be told of files leaves no rejection behind', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => rejections.push(reason)
    process.on('unhandledRejection', note)
    for (let round = 0; round < 20; round++) {
      editor = await openEditor(undefined, full, { workspace: new MemoryWorkspace(files), folders: ['/repo'] })
      for (let turn = 0; turn < round % 5; turn++) await new Promise(setImmediate)
      editor.dispose()
    }
    await start()
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })
})
