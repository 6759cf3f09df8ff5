import { expect, test } from 'vitest'
import { explanationDocument, explanationLines, type PolicyExplanation } from '../../extension/explanationText.ts'

const explained: PolicyExplanation = {
  type: 'explained',
  asked: 'git push [x](command:y)',
  action: { type: 'command', command: 'git push', cwd: '/w', network: false },
  guard: {
    understood: true,
    effect: 'run',
    risk: 'high',
    programs: [{ name: 'git', argv: ['git', 'push'], start: 0, end: 8, via: [], effect: 'run' }],
    paths: [],
    hosts: [],
    reasons: [{ code: 'publishes', text: 'Publishes commits.', consequential: true }],
  },
  builtin: 'consequential',
  matches: [{ source: 'user', rule: 'no\u202epush', verdict: 'deny', certain: false, part: 'git push' }],
  decision: { verdict: 'deny', rule: 'no\u202epush', source: 'user', risk: 'high', reason: 'I push myself.' },
  because: 'A deny beats everything.',
  proposals: [],
}

test('the verdict stands first, with the rule that decided', () => {
  const lines = explanationLines(explained)
  expect(lines[0]).toEqual({
    icon: 'circle-slash',
    label: 'Denied',
    description: 'by the user policy’s “no⟨U+202E⟩push”',
    detail: 'I push myself.',
  })
  expect(lines).toContainEqual({ icon: 'eye', label: 'Runs', description: 'git push' })
  expect(lines).toContainEqual(expect.objectContaining({ label: 'the user policy’s “no⟨U+202E⟩push” may match' }))
})

test('as a document it is text, whatever was asked', () => {
  const lines = explanationDocument(explained).split('\n').slice(2)
  expect(lines.filter((line) => line !== '').every((line) => line.startsWith('    '))).toBe(true)
})

test('what was not understood says why', () => {
  const [line] = explanationLines({ type: 'notUnderstood', asked: '{', why: 'This is no action.' })
  expect(line).toMatchObject({ label: 'Not understood', detail: 'This is no action.' })
})
