import { describe, expect, test } from 'vitest'
import { PolicyRule } from '#protocol/policy.ts'
import { policyItems, policyMeaning } from '../../extension/policyLanguage.ts'
import { abouts, policyWords, ruleWords } from '../../extension/policyVocabulary.ts'

/** `|` is the cursor. */
function at(text: string): [lines: string[], line: number, column: number] {
  const lines = text.split('\n')
  const line = lines.findIndex((one) => one.includes('|'))
  const column = lines[line]!.indexOf('|')
  return [lines.with(line, lines[line]!.replace('|', '')), line, column]
}
const labels = (text: string) => policyItems(...at(text)).map(({ label }) => label)

test('every field of a rule is known, and nothing else', () => {
  expect(ruleWords.map(({ key }) => key).sort()).toEqual(Object.keys(PolicyRule.shape).sort())
})

describe('what can be written', () => {
  test('at the beginning: what a policy has and does not say yet', () => {
    expect(labels('|')).toEqual(policyWords.map(({ key }) => key))
    expect(labels('version: 1\n|')).toEqual(['mode', 'denyUnansweredAfter', 'rules'])
    expect(labels('version: 1\nrules:\n  - verdict: deny\n    host: a\nm|')).toEqual(['mode', 'denyUnansweredAfter'])
  })

  test('in a rule: its fields, and only one thing that it is about', () => {
    expect(labels('rules:\n  - |')).toEqual(ruleWords.map(({ key }) => key))
    const rest = labels('rules:\n  - verdict: deny\n    program: [rm]\n    |')
    expect(rest).not.toContain('verdict')
    expect(rest.filter((label) => abouts.has(label))).toEqual([])
    expect(rest).toContain('reason')
    expect(labels('rules:\n  - verdict: deny\n    program: [rm]\n  - |')).toContain('program')
    expect(labels('rules:\n  - {verdict: deny, pr|')).toContain('program')
  })

  test.each([
    ['mode: |', ['plan', 'ask', 'auto', 'unattended']],
    ['rules:\n  - verdict: |', ['deny', 'ask', 'allow']],
    ['rules:\n  - verdict: d|', ['deny', 'ask', 'allow']],
    ['rules:\n  - {path: a, access: [read, |', ['read', 'write', 'delete']],
    ['rules:\n  - path: a\n    access: [|', ['read', 'write', 'delete']],
    ['rules:\n  - command: |', []],
    ['rules:\n  - program: [git, |', []],
    ['# rules: |', []],
  ])('%s', (text, expected) => expect(labels(text)).toEqual(expected))

  test('what was typed of it is replaced', () => {
    expect(policyItems(...at('rules:\n  - verdict: deny\n    rea|'))).toContainEqual(
      expect.objectContaining({ label: 'reason', snippet: 'reason: $1', replaces: 3 }),
    )
  })
})

test.each([
  ['mo|de: plan', /How sessions begin/],
  ['mode: pl|an', /only looks/],
  ['rules:\n  - ver|dict: deny', /What becomes/],
  ['rules:\n  - verdict: de|ny', /Never/],
  ['rules:\n  - {path: a, access: [wri|te]}', /Making or changing/],
])('what %s means', (text, means) => expect(policyMeaning(...at(text))).toMatch(means))

test.each(['rules:\n  - program: [mo|de]', '# mo|de', 'colour: re|d', '|'])('of %s nothing is known', (text) =>
  expect(policyMeaning(...at(text))).toBeUndefined(),
)
