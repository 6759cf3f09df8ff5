import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PolicyRule } from '#protocol/policy.ts'
import { readRuleText, ruleSentence, ruleText, whoseRule } from '#protocol/policyRuleText.ts'
import { hidesSomething } from '#protocol/visible.ts'

const text = fc.string({ minLength: 1, maxLength: 30, unit: 'binary' })
const rules: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({ verdict: fc.constant('allow' as const), program: fc.array(text, { minLength: 1, maxLength: 5 }) }),
  fc.record({ verdict: fc.constant('deny' as const), command: text }),
  fc.record({ verdict: fc.constant('ask' as const), path: text, access: fc.constant<'write'[]>(['write']) }),
)

test('a rule comes back from its text as it was, and its text hides nothing', () => {
  fc.assert(
    fc.property(rules, (rule) => {
      const line = ruleText(rule)
      expect(line).not.toMatch(/\n/)
      expect(hidesSomething(line)).toBe(false)
      expect(readRuleText(line)).toEqual(rule)
    }),
  )
})

test('what would not show is written as an escape', () => {
  expect(ruleText({ verdict: 'allow', command: 'rm \u202ea\u200b  b' })).toBe(
    '{"verdict":"allow","command":"rm \\u202ea\\u200b \\u0020b"}',
  )
})

test.each([
  [{ rule: 'no-push', source: 'workspace' as const }, 'the workspace policy’s “no-push”'],
  [{ rule: 'network-command' }, 'Paddock’s own “network-command”'],
  [{ rule: 'a\u202eb', source: 'repository' as const }, 'the repository policy’s “a⟨U+202E⟩b”'],
])('%j is told as whose it is', (decision, told) => {
  expect(whoseRule(decision)).toBe(told)
})

describe('a rule that was written by hand', () => {
  test.each([
    ['npm test', /not JSON/],
    ['[]', /one object/],
    ['{"verdict":"allow"}', /exactly one of/],
    ['{"verdict":"allow","program":["a"],"path":"b"}', /exactly one of/],
    ['{"program":["a"]}', /has a "verdict"/],
    ['{"verdict":"perhaps","program":["a"]}', /"verdict" is allow, ask or deny/],
    ['{"verdict":"allow","program":"npm test"}', /"program" is a list of words/],
    ['{"verdict":"allow","program":[]}', /"program" is a list of words/],
    ['{"verdict":"allow","host":"a","ports":[0]}', /"ports" is/],
    ['{"verdict":"allow","program":["a"],"exactly":false}', /"exactly" is true/],
    ['{"verdict":"allow","programme":["a"]}', /no "programme"/],
    ['{"verdict":"allow","__proto__":["a"]}', /no "__proto__"/],
    ['{"verdict":"allow","toString":["a"]}', /no "toString"/],
  ])('%s is refused, saying why', (line, fault) => {
    expect(readRuleText(line)).toEqual({ fault: expect.stringMatching(fault) })
  })

  test('what is taken by its shape is a rule to the daemon too', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        expect(PolicyRule.parse(readRuleText(ruleText(rule)))).toEqual(rule)
      }),
    )
  })
})

test.each<[PolicyRule, string]>([
  [{ verdict: 'allow', program: ['npm', ['test', 't']] }, 'Allows npm test or t, whatever follows these words.'],
  [
    { verdict: 'deny', program: ['git', 'commit', '-m', 'a b'] },
    'Denies git commit -m "a b", whatever follows these words.',
  ],
  [
    { verdict: 'allow', program: ['make'], exactly: true, network: true },
    'Allows make and no other words, also with the whole network.',
  ],
  [{ verdict: 'allow', command: 'make' }, 'Allows exactly this command line, byte for byte.'],
  [{ verdict: 'ask', path: 'src/**' }, 'Asks about reading, writing, deleting src/**.'],
  [{ verdict: 'allow', path: '~/.npmrc', access: ['read'] }, 'Allows reading ~/.npmrc.'],
  [{ verdict: 'allow', host: 'a.example', ports: [443] }, 'Allows reaching a.example on port 443.'],
  [{ verdict: 'deny', tool: 'mcp\u202e' }, 'Denies calling mcp⟨U+202E⟩.'],
])('%j reads as a sentence', (rule, sentence) => {
  expect(ruleSentence(rule)).toBe(sentence)
})
