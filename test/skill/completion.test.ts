import { describe, expect, it } from 'vitest'
import { type CompletionItem, InsertTextFormat, type TextEdit } from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { completions } from '../../daemon/skill/features/completion.ts'
import { contextOf, findings, skill } from './check.ts'

interface Options {
  readonly complement?: boolean
  readonly snippets?: boolean
  readonly uri?: string
}

/** The items at `|` in a text. */
function at(marked: string, { complement = false, snippets = true, uri }: Options = {}): CompletionItem[] {
  const offset = marked.indexOf('|')
  const file = skill(marked.replace('|', ''), uri)
  const request = { position: file.source.positionAt(offset), complement, snippets }
  return completions(file, request, contextOf(file)).items
}

const labels = (marked: string, options?: Options) => at(marked, options).map(({ label }) => label)

/** What the text is after taking the item, placeholders as typed through. */
function taken(marked: string, label: string, options: Options = {}): string {
  const item = at(marked, options).find((offered) => offered.label === label)!
  const edit = item.textEdit as TextEdit
  const newText =
    item.insertTextFormat === InsertTextFormat.Snippet ? edit.newText.replace(/\$\{\d:([^}]*)\}/g, '$1') : edit.newText
  const source = skill(marked.replace('|', ''), options.uri).source
  return TextDocument.applyEdits(source, [{ range: edit.range, newText }])
}

const specified = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools']
const ofClients = ['argument-hint', 'disable-model-invocation', 'user-invocable', 'context', 'paths', 'modeSlugs']
const all = [...specified, ...ofClients]

describe('completion of keys', () => {
  it.each([
    ['an empty frontmatter', '---\n|\n---\n', all],
    ['a frontmatter that is not closed yet', '---\n|', all],
    ['one that is not closed, after a key', '---\nname: pdf-forms\n|', all.slice(1)],
    ['a begun word', '---\nde|\n---\n', all],
    [
      'the keys that are not there',
      '---\nname: x\nlicense: y\n|\n---\n',
      ['description', 'compatibility', 'metadata', 'allowed-tools', ...ofClients],
    ],
    ['the key under the cursor itself', '---\nna|me: x\ndescription: y\n---\n', ['name', ...all.slice(2)]],
    ['broken YAML around it', '---\nname: "x\n|\ndescription: a: b\n---\n', all.slice(2)],
    [
      'a line between others',
      '---\r\nname: x\r\n|\r\nlicense: y\r\n---\r\n',
      ['description', 'compatibility', 'metadata', 'allowed-tools', ...ofClients],
    ],
  ])('offers, in %s, what is missing', (_, marked, expected) => {
    expect(labels(marked)).toEqual(expected)
  })

  it.each([
    ['the body', '---\nname: x\n---\n|'],
    ['the closing fence', '---\nname: x\n---|\n'],
    ['the opening fence', '---|\nname: x\n---\n'],
    ['a map of another key', '---\nmetadata:\n  |\n---\n'],
    ['prose without frontmatter', '# Forms\n|\n'],
    ['the description', '---\ndescription: a |\n---\n'],
  ])('offers nothing in %s', (_, marked) => {
    expect(labels(marked)).toEqual([])
  })

  it.each([
    ['name', '---\n|\n---\n', '---\nname: pdf-forms\n---\n'],
    ['description', '---\nde|\n---\n', '---\ndescription: What it does. Use when …\n---\n'],
    ['description', '---\nde|: text\n---\n', '---\ndescription: text\n---\n'],
    ['metadata', '---\r\n|\r\n---\r\n', '---\r\nmetadata:\r\n  version: "1.0"\r\n---\r\n'],
    ['allowed-tools', '---\nallowed-t|\n---\n', '---\nallowed-tools: Read\n---\n'],
  ])('writes %s', (label, marked, expected) => {
    expect(taken(marked, label)).toBe(expected)
  })

  it('writes plain text for an editor without snippets', () => {
    expect(taken('---\n|\n---\n', 'name', { snippets: false })).toBe('---\nname: \n---\n')
    expect(taken('---\n|\n---\n', 'metadata', { snippets: false })).toBe('---\nmetadata:\n---\n')
  })

  it('leaves the keys that VS Code completes to it', () => {
    expect(labels('---\n|\n---\n', { complement: true })).toEqual(['allowed-tools', 'paths', 'modeSlugs'])
  })

  it('explains and orders each key', () => {
    const items = at('---\n|\n---\n')
    expect(items.map(({ detail }) => detail)).toEqual(['required', 'required', ...Array(10).fill('optional')])
    expect(items.map(({ sortText }) => sortText)).toEqual(items.map(({ sortText }) => sortText).sort())
    for (const { documentation } of items) expect(documentation).toMatchObject({ kind: 'markdown' })
  })
})

describe('completion of the whole frontmatter', () => {
  it.each(['|', '-|', '---|', '|\n# Forms\n', '\uFEFF|', '---|\n\n# Forms\n'])(
    'is offered on the first line: %j',
    (marked) => {
      expect(labels(marked)).toEqual(['Skill frontmatter'])
      const text = taken(marked, 'Skill frontmatter')
      // What is left is to write the description, and a body.
      const left = findings(skill(text.replace('\uFEFF', '')))
      const body = marked.includes('# Forms') ? [] : ['B01 «---»']
      expect(left).toEqual(['D12 «What this skill does. Use when …»', ...body])
    },
  )

  it.each(['# Forms|', 'a|', '\n|', '---|\nname: x\n'])('is not offered elsewhere: %j', (marked) => {
    expect(labels(marked)).not.toContain('Skill frontmatter')
  })

  it('takes the name from the folder', () => {
    expect(taken('|', 'Skill frontmatter', { uri: 'file:///skills/Web%20Pages/SKILL.md' })).toMatch(
      /^---\nname: web-pages\n/,
    )
    expect(taken('|', 'Skill frontmatter', { uri: 'untitled:Untitled-1' })).toMatch(/^---\nname: my-skill\n/)
  })
})

describe('completion of values', () => {
  it.each([
    ['name: |', ['pdf-forms']],
    ['name:|', ['pdf-forms']],
    ['name: pd|', ['pdf-forms']],
    [
      'license: |',
      [
        'Apache-2.0',
        'MIT',
        'BSD-3-Clause',
        'MPL-2.0',
        'CC-BY-4.0',
        'CC0-1.0',
        'Proprietary. LICENSE.txt has complete terms',
      ],
    ],
    ['compatibility: |', []],
    ['author: |', []],
  ])('offers for %s', (line, expected) => {
    expect(labels(`---\n${line}\n---\n`)).toEqual(expected)
  })

  it.each([
    ['name: |', 'pdf-forms', 'name: pdf-forms'],
    ['name:|', 'pdf-forms', 'name: pdf-forms'],
    ['name: pd|f', 'pdf-forms', 'name: pdf-forms'],
    ['license: M|', 'MIT', 'license: MIT'],
  ])('writes %s', (line, label, expected) => {
    expect(taken(`---\n${line}\n---\n`, label)).toBe(`---\n${expected}\n---\n`)
  })

  it('offers no name where the folder has none', () => {
    expect(labels('---\nname: |\n---\n', { uri: 'file:///skills/My%20Skill/SKILL.md' })).toEqual([])
  })
})
