import { describe, expect, it } from 'vitest'
import { SkillDocument } from '../../../daemon/skill/document/document.ts'
import { isExample, isMade, isWrong } from '../../../daemon/skill/rules/wordsAround.ts'

/** What the words around `path` say of it. */
function said(text: string): string[] {
  const document = new SkillDocument({ uri: 'untitled:SKILL.md', languageId: 'skill', version: 1, text })
  const start = text.indexOf('`path`') + 1
  const span = { start, end: start + 4 }
  const all = { example: isExample(document, span), wrong: isWrong(document, span), made: isMade(document, span) }
  return Object.entries(all).flatMap(([word, is]) => (is ? [word] : []))
}

describe('a path stands for any of its kind', () => {
  it.each([
    'Put tables apart, e.g. in `path`.',
    'Examples: `path` for one, `other` for another.',
    'Files such as `path` say more.',
    'For instance `path`.',
    'You might have a `path`.',
    'A `path` would help.',
    'A `path` file with all the tables would be helpful.',
  ])('in “%s”', (text) => expect(said(text)).toEqual(['example']))
})

describe('a path is shown as what not to write', () => {
  it.each([
    '✗ `path`',
    '❌ Windows: `path`',
    'Avoid `path`.',
    'Never say `path`.',
    'Don’t use `path`.',
    "It doesn't find `path`.",
    'Instead of `path` say `other`.',
  ])('in “%s”', (text) => expect(said(text)).toEqual(['wrong']))
})

describe('a path is yet to be made', () => {
  it.each(['Save the plan to `path`.', 'Write `path`.', 'Generates a file `path`.', 'The output goes to `path`.'])(
    'in “%s”',
    (text) => expect(said(text)).toEqual(['made']),
  )
})

describe('nothing is said of a path', () => {
  it.each([
    'Read `path` first.',
    'For example, do this.\nRead `path`.',
    'Never mind.\nRead `path`.',
    'Read `path`. A table would be helpful.',
    'Read `path`, which would be enough, and see what examples say.',
    'Read examples/a.md and `path`.',
    'Save it. Then read `path`.',
    'Save all that was found on the way so far into a new `path`.',
    `Such as this: ${'word '.repeat(60)}\`path\``,
  ])('in “%s”', (text) => expect(said(text)).toEqual([]))
})
