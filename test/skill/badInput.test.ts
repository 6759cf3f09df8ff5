import { afterEach, describe, expect, it } from 'vitest'
import type { Diagnostic, Hover } from 'vscode-languageserver'
import { eventually } from '../support/eventually.ts'
import { type Editor, openEditor } from './editor.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

const uri = 'file:///home/ana/.agents/skills/pdf-forms/SKILL.md'
const sound =
  '---\nname: pdf-forms\ndescription: Fills in forms. Use when there is a form.\n---\n\n# Forms\n\nFill it in.\n'
const described = 'name: pdf-forms\ndescription: Fills in forms. Use when there is a form.\n'
const withLines = (lines: string) => sound.replace('name: pdf-forms\n', `name: pdf-forms\n${lines}\n`)

let editor: Editor
afterEach(() => editor.dispose())

const severities = ['', 'error', 'warning', 'information', 'hint']

/** A finding as code, severity and `line:character-line:character`. */
function shown({ code, severity, range: { start, end } }: Diagnostic): string {
  return `${code} ${severities[severity ?? 0]} ${start.line}:${start.character}-${end.line}:${end.character}`
}

const change = (text: string, version: number) =>
  editor.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] })

const told = async () => (await editor.published(uri)).diagnostics.map(shown)

/** Nine lists of nine aliases each: a billion values for a reader that writes them out. */
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi']) {
  bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`)
}

describe('of text of every broken kind there is a finding at the exact place, and none is left when it is mended', () => {
  it.each<[string, string, readonly string[]]>([
    ['frontmatter that is not closed', `---\n${described}`, ['Y03 error 0:0-0:3']],
    ['frontmatter that is closed too far in', `---\n${described} ---\nText.\n`, ['Y03 error 0:0-0:3']],
    ['frontmatter that comes late', `\n\n${sound}`, ['Y02 error 2:0-2:3']],
    ['no frontmatter', '# Forms\n\nFill it in.\n', ['Y01 error 0:0-0:7']],
    ['a list instead of keys', '---\n- a\n- b\n---\n\nText.\n', ['Y08 error 1:0-3:0']],
    ['a quote that is not closed', sound.replace('Fills', '"Fills'), ['Y04 error 2:13-2:14']],
    [
      'a quote that goes on too far left',
      sound.replace('Fills', '"Fills\n\n- all of it').replace('form.\n---', 'form."\n---'),
      ['Y04 error 2:13-2:14'],
    ],
    ['a bracket that is not closed', withLines('tags: [a, b'), ['Y04 error 2:6-2:7']],
    ['a line without a colon', withLines('license MIT'), ['Y04 error 2:0-2:11']],
    ['a second colon', sound.replace('forms.', 'forms: all.'), ['Y05 error 2:27-2:28']],
    ['a tab', withLines('metadata:\n\tauthor: ana'), ['Y06 error 3:0-3:1']],
    ['a key that stands twice', withLines('name: other'), ['Y07 error 2:0-2:4']],
    ['an alias of nothing', withLines('license: *gone'), ['Y04 error 2:9-2:14']],
    ['a bomb of aliases', withLines(bomb.join('\n')), ['Y14 warning 7:6-7:42']],
    ['deep nesting', withLines(`tags: ${'['.repeat(5000)}`), ['Y04 error 2:6-2:7']],
    ['a byte order mark', `\uFEFF${sound}`, ['Y12 warning 0:0-0:1']],
    ['line ends of Windows', sound.replaceAll('\n', '\r\n'), ['Y12 hint 0:3-1:0']],
    ['line ends of both kinds', sound.replace('\n', '\r\n'), ['Y12 information 0:3-1:0']],
    ['a no-break space', withLines('license:\u00A0MIT'), ['Y04 error 2:0-2:12', 'Y12 warning 2:8-2:9']],
    ['bytes that are no UTF-8', sound.replace('it in', 'it \uFFFDn'), ['Y12 warning 7:8-7:9']],
    ['a binary file', 'PK\u0003\u0004\0\0\uFFFD\u0001\n', ['Y01 error 0:0-0:8', 'Y12 warning 0:4-0:5']],
    ['frontmatter of more than 64 KiB', withLines(`license: ${'x'.repeat(70_000)}`), ['Y13 warning 0:0-0:3']],
    ['100,000 lines', sound + 'A line.\n'.repeat(100_000), ['B02 warning 504:0-504:7', 'B03 warning 2237:0-2237:7']],
    ['a line of 3 MB', `${sound}${'word '.repeat(600_000)}\n`, ['B03 warning 8:0-8:400000']],
  ])('%s', async (_, text, expected) => {
    editor = await openEditor()
    await editor.open(uri, text)
    const found = await told()
    expect(found.filter((each) => expected.includes(each))).toEqual(expected)
    expect(found.filter((each) => / error | warning /.test(each) && !expected.includes(each))).toEqual([])
    await change(sound, 2)
    expect(await told()).toEqual([])
    await change(text, 3)
    expect(await told()).toEqual(found)
    await editor.notify('textDocument/didClose', { textDocument: { uri } })
    expect(await told()).toEqual([])
  })
})

describe('a file that changes under the cursor', () => {
  const at = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } })
  const requests = ['hover', 'completion', 'definition', 'references', 'documentHighlight', 'linkedEditingRange']

  it('is answered by what it was or is, never with a failure, whatever comes in between', async () => {
    editor = await openEditor()
    await editor.open(uri, sound)
    const answers: Promise<unknown>[] = []
    for (let version = 2; version < 40; version++) {
      for (const method of requests.filter((each) => each !== 'documentHighlight')) {
        const params = { ...at(2, 30), context: { includeDeclaration: true } }
        answers.push(editor.request(`textDocument/${method}`, params))
      }
      answers.push(change(version % 3 === 0 ? '' : version % 3 === 1 ? sound : sound.slice(0, 40), version))
    }
    await Promise.all(answers)
    await change(sound, 40)
    let last = await editor.published(uri)
    while (last.version !== 40) last = await editor.published(uri)
    expect(last.diagnostics).toEqual([])
    const shownOf = await editor.request<Hover>('textDocument/hover', at(1, 2))
    expect(JSON.stringify(shownOf.contents)).toContain('**name**')
  })

  it('and on the disk: what the editor shows counts until it is closed, and then nothing is left', async () => {
    const path = '/home/ana/.agents/skills/pdf-forms/SKILL.md'
    const workspace = new MemoryWorkspace({ [path]: sound })
    editor = await openEditor(undefined, undefined, { workspace })
    await editor.open(uri, sound.replace('name: pdf-forms', 'name: Pdf'))
    expect(await told()).toEqual(['N06 error 1:6-1:9'])
    workspace.remove(path)
    await editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 3 }] })
    await change(sound.replace('name: pdf-forms', 'name: PDf'), 2)
    expect(await told()).toEqual(['N06 error 1:6-1:9'])
    await editor.notify('textDocument/didClose', { textDocument: { uri } })
    expect(await told()).toEqual([])
    await eventually(() => editor.request('workspace/symbol', { query: 'pdf' })).toEqual([])
  })
})
