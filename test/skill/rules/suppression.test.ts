import { describe, expect, it } from 'vitest'
import { findIn } from '../../../daemon/skill/rules/findings.ts'
import { contextOf, skill } from '../check.ts'
import { checkRule } from '../checkRule.ts'

const codesIn = (text: string) => {
  const document = skill(text)
  return findIn(document, contextOf(document)).map(({ code }) => code)
}

describe('a comment that silences a rule', () => {
  const wrong = 'name: Pdf-Forms'
  const rest = 'description: Fills in forms. Use when there is one.'
  it.each([
    ['on the line before', `---\n# skill-ls-disable N06: old name\n${wrong}\n${rest}\n---\nFill it in.\n`, []],
    ['behind the value', `---\n${wrong} # skill-ls-disable N06: old name\n${rest}\n---\nFill it in.\n`, []],
    ['for a whole group', `---\n${wrong} # skill-ls-disable N: old name\n${rest}\n---\nFill it in.\n`, []],
    ['for several rules', `---\n${wrong} # skill-ls-disable K01, N06: old name\n${rest}\n---\nFill it in.\n`, []],
    [
      'for the whole file',
      `---\n${wrong}\n${rest}\n---\n<!-- skill-ls-disable-file N06: old name -->\nFill it in.\n`,
      [],
    ],
    ['for another rule', `---\n# skill-ls-disable N07: old name\n${wrong}\n${rest}\n---\nFill it in.\n`, ['N06']],
    ['on another line', `---\n${rest} # skill-ls-disable N06: no\n${wrong}\n---\nFill it in.\n`, ['Y16', 'N06']],
    ['without a reason', `---\n${wrong} # skill-ls-disable N06\n${rest}\n---\nFill it in.\n`, ['Z01']],
    ['without a rule', `---\n${wrong} # skill-ls-disable: old name\n${rest}\n---\nFill it in.\n`, ['N06', 'Z02']],
  ])('%s', (_, text, expected) => {
    expect(codesIn(text)).toEqual(expected)
  })
})

describe('settings', () => {
  const text = '---\nname: Pdf-Forms\n---\nFill it in.\n'
  const document = skill(text)
  const told = (settings: Parameters<typeof findIn>[2]) =>
    findIn(document, contextOf(document), settings).map(({ code, severity }) => `${code} ${severity}`)
  it.each([
    [{}, ['D01 error', 'N06 error']],
    [{ N06: 'hint', D: 'off' }, ['N06 hint']],
    [{ N: 'off', N06: 'information', D01: 'warning' }, ['D01 warning', 'N06 information']],
    [{ N09: 'error' }, ['D01 error', 'N06 error']],
  ] as const)('%j', (settings, expected) => {
    expect(told(settings)).toEqual(expected)
  })
})

checkRule('Z01', {
  finds: [
    { text: '---\nname: a «# skill-ls-disable N08»\n---\n', severity: 'information' },
    '---\nname: a\n---\n«<!-- skill-ls-disable N08 -->»\n',
    '---\nname: a\n---\n«<!-- skill-ls-disable N08: -->»\n',
  ],
  silent: ['---\nname: a # skill-ls-disable N08: an old name\n---\n', 'See `skill-ls-disable`.'],
})

checkRule('Z02', {
  finds: [{ text: '---\nname: a «# skill-ls-disable: an old name»\n---\n', severity: 'warning' }],
  silent: ['---\nname: a # skill-ls-disable N08: an old name\n---\n'],
})
