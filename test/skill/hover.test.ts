import { describe, expect, it } from 'vitest'
import type { MarkupContent } from 'vscode-languageserver'
import { skillKeys } from '../../daemon/skill/clients/keys.ts'
import { mentionsIn } from '../../daemon/skill/document/mentions.ts'
import { hover } from '../../daemon/skill/features/hover.ts'
import { contextOf, skill } from './check.ts'

/** What is shown at `|`, and what it is shown for. */
function at(marked: string, complement = false): { text: string; of: string } | undefined {
  const file = skill(marked.replace('|', ''))
  const shown = hover(file, file.source.positionAt(marked.indexOf('|')), complement, contextOf(file))
  return shown && { text: (shown.contents as MarkupContent).value, of: file.source.getText(shown.range) }
}

describe('hover', () => {
  it.each(skillKeys.map(({ key }) => key))('explains %s', (key) => {
    const shown = at(`---\n${key}|: x\n---\n`)
    expect(shown?.of).toBe(key)
    expect(shown?.text).toContain(`**${key}**`)
  })

  it('tells constraints and how much of the length is used', () => {
    const { text } = at('---\n|name: pdf-forms\ndescription: "🐎 x"\n---\n')!
    expect(text).toContain('required; string, at most 64 characters')
    expect(text).toContain('The same as the name of the folder')
    expect(text).toContain('9 of 64 characters used.')
    expect(at('---\nname: x\ndes|cription: "🐎 x"\n---\n')?.text).toContain('3 of 1,024 characters used.')
  })

  it('explains keys while the YAML is broken', () => {
    expect(at('---\nname: "x\nlicense|: a: b\n---\n')?.of).toBe('license')
  })

  it.each([
    '---\nname: x|y\n---\n',
    '---\nauthor|: x\n---\n',
    '---\na: b\n---\nname|: x\n',
    '|',
    '---\n  name|: x\n---',
  ])('has nothing to say at %j', (marked) => {
    expect(at(marked)).toBeUndefined()
  })

  it('leaves the keys that VS Code explains to it', () => {
    expect(at('---\nname|: x\n---\n', true)).toBeUndefined()
    expect(at('---\nallowed-tools|: x\n---\n', true)?.of).toBe('allowed-tools')
  })

  it.each(['', '---\nname: x\n---\n', '```\n'])('explains a mention after %j', (before) => {
    expect(at(`${before}See $[team:w|eb].pdf_forms.`)).toEqual({
      of: '$[team:web].pdf_forms',
      text: 'Mention of the skill **pdf_forms** in the namespace `team:web`.',
    })
  })

  it('finds a mention at the far end of a very long line', () => {
    expect(at(`${'x'.repeat(2_000_000)}$[web].for|ms`)?.of).toBe('$[web].forms')
  })
})

describe('mentions', () => {
  it.each([
    ['$[web].forms', ['web/forms']],
    ['`$[a1:b2].c3` and $[b2:a1].c3', ['a1:b2/c3', 'b2:a1/c3']],
    ['$[web].fooBar', ['web/foo']],
    ['$[web].forms_', ['web/forms']],
    ['[$[web].forms]', []],
    ['$[web].forms-]', ['web/forms']],
    ['$[w].forms $[web].f $[Web].forms $[web:].forms $[my_web].forms', []],
    [`$[${'ab:'.repeat(6)}ab].cd`, [`${'ab:'.repeat(6)}ab/cd`]],
    [`$[${'ab:'.repeat(7)}ab].cd`, []],
    [`$[${'a'.repeat(65)}].cd`, []],
  ])('in %s', (text, expected) => {
    expect(mentionsIn(text).map(({ namespace, skill }) => `${namespace.join(':')}/${skill}`)).toEqual(expected)
    for (const { span } of mentionsIn(text)) expect(text.slice(span.start, span.end)).toMatch(/^\$\[.*\]\..*$/)
  })
})
