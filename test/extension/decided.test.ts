import { describe, expect, test } from 'vitest'
import type { Action } from '#protocol/approval.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { decidedLine, denyRule, isDecision, undoOf } from '../../extension/decided.ts'
import type { PolicySourceInfo } from '../../extension/folderPolicy.ts'
import type { AuditEntry } from '../../extension/recentDecisions.ts'

function entry(more: Partial<AuditEntry>): AuditEntry {
  return {
    seq: 1,
    at: 0,
    folder: '/w',
    kind: 'call',
    verdict: 'allow',
    who: { type: 'policy', name: 'policy' },
    what: { text: 'npm test' },
    hash: '',
    ...more,
  }
}
const then = () => 'then'

describe('a decision as a line', () => {
  test('an automatic one names the rule and whose it is', () => {
    const line = decidedLine(
      entry({ why: { rule: 'tests\u202e', source: 'user', reason: 'Runs tests.', risk: 'low' } }),
      then,
    )
    expect(line).toEqual({
      label: 'npm test',
      description: 'allowed by the user policy’s “tests⟨U+202E⟩”',
      tooltip: [
        'Allowed: npm test',
        'Runs tests.',
        'Rule: the user policy’s “tests⟨U+202E⟩”',
        'Risk: low',
        'Nobody was asked, then',
      ].join('\n'),
      icon: 'pass',
      context: 'decided.granted',
    })
  })

  test('one by Paddock’s own rule, and one by a person', () => {
    expect(decidedLine(entry({ why: { rule: 'sandboxed' } }), then)).toMatchObject({
      description: 'allowed by Paddock’s own “sandboxed”',
      context: 'decided',
    })
    expect(decidedLine(entry({ verdict: 'deny', who: { type: 'person', name: 'Ada' } }), then)).toMatchObject({
      description: 'denied by Ada',
      icon: 'circle-slash',
      context: 'decided',
    })
  })

  test('what lies in the folder is told as seen from there, and nothing else is taken for that', () => {
    const label = (text: string) => decidedLine(entry({ what: { text } }), then).label
    expect(label('write /w/src/a.js (3 bytes)')).toBe('write src/a.js (3 bytes)')
    expect(label('list /w')).toBe('list .')
    expect(label('cp a /backup/w/x')).toBe('cp a /backup/w/x')
  })

  test('what is no decision is none', () => {
    expect(isDecision(entry({ kind: 'keep' }))).toBe(false)
    const byAda = { type: 'person', name: 'Ada' } as const
    expect(isDecision(entry({ kind: 'call', who: byAda }))).toBe(false)
    expect(isDecision(entry({ kind: 'answer', who: byAda }))).toBe(true)
    expect(isDecision(entry({ kind: 'connection', verdict: 'deny' }))).toBe(true)
  })
})

test.each<[Action | undefined, Partial<AuditEntry>, PolicyRule | undefined]>([
  [
    { type: 'command', command: 'rm -rf "a  b"', cwd: '/w', network: false },
    {},
    { verdict: 'deny', command: 'rm -rf "a  b"' },
  ],
  [{ type: 'read', path: '/etc/passwd' }, {}, { verdict: 'deny', path: '/etc/passwd', access: ['read'] }],
  [
    { type: 'write', path: '/w/a', size: 1, sha256: '' },
    {},
    { verdict: 'deny', path: '/w/a', access: ['write', 'delete'] },
  ],
  [
    undefined,
    { kind: 'connection', what: { text: '', hosts: ['a.example'] }, evidence: { port: 8080 } },
    { verdict: 'deny', host: 'a.example', ports: [8080] },
  ],
  [undefined, { what: { text: 'npm test' } }, undefined],
])('%j is denied by a rule for just that', (action, more, rule) => {
  expect(denyRule(entry(more), action)).toEqual(rule)
})

describe('a grant is taken back', () => {
  const rule: PolicyRule = { verdict: 'allow', program: ['make'] }
  const source = (of: PolicySourceInfo['source'], rules: PolicyRule[]): PolicySourceInfo => ({
    source: of,
    path: `/${of}.yaml`,
    exists: true,
    tightensOnly: false,
    holds: false,
    rules,
    troubles: [],
  })
  const sources = [
    source('managed', [{ ...rule, name: 'all-make' }]),
    source('user', []),
    source('workspace', [{ ...rule, name: 'allow make' }]),
  ]

  test('by the answer that granted it', () => {
    const granted = entry({
      kind: 'answer',
      evidence: { outcome: 'allowForWorkspace', rules: [JSON.stringify(rule)] },
    })
    expect(undoOf(granted, sources)).toEqual({ type: 'remove', source: 'workspace', names: ['allow make'] })
    expect(undoOf(granted, [])).toMatchObject({ type: 'none', why: expect.stringMatching(/not there any more/) })
  })

  test('whatever the rule was called when it was granted, and in whatever order it was written', () => {
    const rules = ['{"program":["make"],"name":"mine","verdict":"allow"}', '{"verdict":"allow","command":"cut…']
    const granted = entry({ kind: 'answer', evidence: { outcome: 'allowForWorkspace', rules } })
    expect(undoOf(granted, sources)).toEqual({ type: 'remove', source: 'workspace', names: ['allow make'] })
  })

  test('by what it allowed later; where it is not the user’s, the file is named', () => {
    expect(undoOf(entry({ why: { rule: 'allow make', source: 'workspace' } }), sources)).toEqual({
      type: 'remove',
      source: 'workspace',
      names: ['allow make'],
    })
    expect(undoOf(entry({ why: { rule: 'all-make', source: 'managed' } }), sources)).toEqual({
      type: 'file',
      source: 'managed',
      path: '/managed.yaml',
    })
  })

  test.each([
    [{ rule: 'x', source: 'session' as const }, /ends with it/],
    [{ rule: 'sandboxed' }, /Nothing was granted/],
  ])('of %j there is nothing to take back', (why, said) => {
    expect(undoOf(entry({ why }), sources)).toMatchObject({ type: 'none', why: expect.stringMatching(said) })
  })
})
