import { describe, expect, test } from 'vitest'
import type { Approval } from '#protocol/approval.ts'
import { AuditEntry } from '#protocol/audit.ts'
import type { SessionEvent } from '#protocol/event.ts'
import { emptySession } from '#protocol/sessionState.ts'
import { actionHash } from '../../../daemon/approval/actionHash.ts'
import { auditOf } from '../../../daemon/session/audit/auditOf.ts'

const action = { type: 'command', command: 'git push --force', cwd: '/w', network: false } as const
const hash = actionHash('exec', action)
const asked: Approval = {
  id: 'a1',
  session: 's1',
  task: 't1',
  call: 'c1',
  tool: 'exec',
  action,
  hash,
  risk: 'high',
  reason: 'It publishes.',
  claim: 'harmless, already approved',
  guard: {
    understood: true,
    effect: 'write',
    risk: 'high',
    programs: [{ name: 'git', argv: ['git', 'push'], start: 0, end: 8, via: [], effect: 'write' }],
    paths: [{ path: '/w/.git', effect: 'read' }],
    hosts: ['example.com'],
    reasons: [{ code: 'publishes', text: 'It publishes.' }],
  },
  dependsOn: [{ path: '/w/x.sh', sha256: null }],
  askedAt: 1,
}
const before = { ...emptySession('s1'), folder: '/w', approvals: [asked] }
const policyAllows = {
  verdict: 'allow',
  rule: 'trusted-build',
  source: 'user',
  risk: 'low',
  reason: 'You said so.',
} as const

function entryOf(event: SessionEvent) {
  const draft = auditOf({ seq: 7, at: 5, event }, before)
  return draft && AuditEntry.parse({ ...draft, seq: 1, hash: '' })
}

describe('what an event says to the audit', () => {
  test('a call that policy allowed: what, by which rule of whose, in which sandbox', () => {
    const event: SessionEvent = {
      type: 'toolStarted',
      task: 't1',
      step: 1,
      call: 'c1',
      tool: 'exec',
      action,
      decision: policyAllows,
      guard: { effect: 'run', programs: ['git'], reasons: ['publishes'], paths: ['/w/.git'], hosts: ['example.com'] },
      sandbox: 'bubblewrap',
    }
    expect(entryOf(event)).toEqual({
      seq: 1,
      at: 5,
      session: 's1',
      folder: '/w',
      task: 't1',
      kind: 'call',
      verdict: 'allow',
      who: { type: 'policy', name: 'policy' },
      what: { text: 'git push --force', tool: 'exec', files: ['/w/.git'], hosts: ['example.com'], programs: ['git'] },
      why: { rule: 'trusted-build', source: 'user', risk: 'low', reason: 'You said so.' },
      evidence: {
        event: 7,
        call: 'c1',
        action: hash,
        effect: 'run',
        guard: ['publishes'],
        sandbox: 'bubblewrap',
        network: false,
      },
      hash: '',
    })
  })

  test('a call that a person allowed is theirs, and one that policy denied says what it would have been', () => {
    const decision = { ...policyAllows, rule: 'allowed-once', by: 'window 1' }
    const call = { task: 't1', step: 1, call: 'c1' }
    expect(entryOf({ type: 'toolStarted', ...call, tool: 'exec', action, decision })).toMatchObject({
      who: { type: 'person', name: 'window 1' },
    })
    const finish = { outcome: 'denied', output: '', summary: 'denied', durationMs: 0, tool: 'exec', action } as const
    const denied = { ...policyAllows, verdict: 'deny' } as const
    expect(entryOf({ type: 'toolFinished', ...call, ...finish, decision: denied })).toMatchObject({
      kind: 'call',
      verdict: 'deny',
      who: { type: 'policy' },
      what: { text: 'git push --force' },
      evidence: { action: hash },
    })
  })

  test('a question has our facts and not the model’s claim', () => {
    const entry = entryOf({ type: 'approvalAsked', approval: asked })
    expect(entry).toMatchObject({
      kind: 'question',
      verdict: 'ask',
      what: { programs: ['git'], files: ['/w/.git'], hosts: ['example.com'] },
      why: { reason: 'It publishes.', risk: 'high' },
      evidence: { approval: 'a1', action: hash, guard: ['publishes'], dependsOn: [{ path: '/w/x.sh', sha256: null }] },
    })
    expect(JSON.stringify(entry)).not.toContain('already approved')
  })

  test.each<[string, 'person' | 'policy' | 'daemon']>([
    ['window 1', 'person'],
    ['policy', 'policy'],
    ['timeout', 'daemon'],
    ['cancel', 'daemon'],
  ])('an answer by %s is one of a %s', (by, type) => {
    const outcome = {
      type: 'allowForWorkspace' as const,
      rules: [{ verdict: 'allow' as const, program: ['git', 'push'] }],
    }
    expect(entryOf({ type: 'approvalAnswered', approval: 'a1', task: 't1', outcome, by })).toMatchObject({
      kind: 'answer',
      verdict: 'allow',
      who: { type, name: by },
      what: { text: 'git push --force' },
      evidence: {
        approval: 'a1',
        action: hash,
        outcome: 'allowForWorkspace',
        rules: ['{"verdict":"allow","program":["git","push"]}'],
      },
    })
  })

  test.each<[SessionEvent, object]>([
    [
      { type: 'approvalAnswered', approval: 'a1', task: 't1', outcome: { type: 'abort', guidance: 'no' }, by: 'w' },
      { kind: 'answer', verdict: 'deny', why: { reason: 'Denied, and the task ended. no' } },
    ],
    [
      { type: 'sessionCreated', folder: '/v', title: '', sandbox: 'none', by: 'w' },
      { kind: 'unsandboxed', folder: '/v', who: { name: 'w' }, evidence: { sandbox: 'none' } },
    ],
    [
      { type: 'modeChanged', mode: 'unattended', by: 'w' },
      { kind: 'mode', what: { text: 'mode unattended, before it auto' } },
    ],
    [
      {
        type: 'connectionDecided',
        decision: { host: 'h.example', port: 443, how: 'http', verdict: 'deny', rule: 'none', reason: 'No rule.' },
      },
      { kind: 'connection', verdict: 'deny', what: { hosts: ['h.example'] }, evidence: { port: 443 } },
    ],
    [
      { type: 'changeKept', path: '.vscode/tasks.json', consent: 'VS Code runs tasks', by: 'w' },
      {
        kind: 'keep',
        what: { files: ['/w/.vscode/tasks.json'] },
        why: { reason: expect.stringContaining('runs tasks') },
      },
    ],
    [
      { type: 'changeDiscarded', path: 'a.txt', hunks: 2, by: 'w' },
      { kind: 'discard', evidence: { hunks: 2 } },
    ],
    [
      { type: 'layerRewound', checkpoint: 't1.0.x', files: 3, by: 'w' },
      { kind: 'rewind', evidence: { checkpoint: 't1.0.x', files: 3 } },
    ],
  ])('%j', (event, expected) => {
    expect(entryOf(event)).toMatchObject(expected)
  })

  test('of events that decide nothing there is no entry', () => {
    const quiet: SessionEvent[] = [
      { type: 'sessionCreated', folder: '/w', title: '' },
      { type: 'taskSubmitted', task: 't1', prompt: 'yes, allow everything' },
      { type: 'taskCompleted', task: 't1' },
      { type: 'toolFinished', task: 't1', step: 1, call: 'c', outcome: 'ok', output: 'x', summary: '', durationMs: 1 },
    ]
    expect(quiet.map(entryOf)).toEqual([undefined, undefined, undefined, undefined])
  })

  test('what is huge is cut and says so; what does not show is spelled out', () => {
    const command = `echo \u202e${'x'.repeat(90_000)}`
    const entry = entryOf({
      type: 'toolStarted',
      task: 't1',
      step: 1,
      call: 'c1',
      tool: 'exec',
      action: { ...action, command },
      decision: policyAllows,
      guard: { effect: 'run', programs: Array.from({ length: 500 }, (_, i) => `p${i}`), reasons: [] },
    })
    expect(entry?.what.text).toMatch(/^echo ⟨U\+202E⟩x+… \(90006 characters\)$/)
    expect(entry?.what.programs).toHaveLength(21)
    expect(JSON.stringify(entry).length).toBeLessThan(4_000)
  })
})
