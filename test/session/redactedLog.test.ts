import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionEvent } from '#protocol/event.ts'
import { actionHash } from '../../daemon/approval/actionHash.ts'
import { KnownSecrets } from '../../daemon/sandbox/redaction.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import type { Store } from '../../daemon/session/store.ts'

const value = 'hunter2-hunter2-hunter2'
let store: Store
let log: SessionLog
beforeEach(() => {
  const known = new KnownSecrets()
  known.add('secret TOKEN', value)
  store = sqliteStore(':memory:')
  log = new SessionLog(store, 's1', undefined, known)
  log.append({ type: 'sessionCreated', folder: '/w', title: '' })
})
afterEach(() => store.close())

const action = { type: 'command', command: `curl -H ${value} h.example`, cwd: '/w', network: true } as const
const question = {
  id: 'a1',
  session: 's1',
  task: 't1',
  call: value,
  tool: 'exec',
  action,
  hash: actionHash('exec', action),
  risk: 'high',
  reason: value,
  claim: value,
  guard: {
    understood: true,
    effect: 'run',
    risk: 'high',
    programs: [{ name: 'curl', argv: ['curl', '-H', value], start: 0, end: 4, via: [], effect: 'run' }],
    paths: [{ path: `/w/${value}`, effect: 'read' }],
    hosts: [value],
    reasons: [{ code: 'x', text: value }],
  },
  proposals: [{ verdict: 'allow', command: action.command }],
  askedAt: 1,
} as const
const decision = { verdict: 'deny', rule: value, risk: 'low', reason: value } as const
const failure = { code: 'modelError', message: value, fix: value } as const
const call = { task: 't1', step: 1, call: 'c1' } as const

const events: SessionEvent[] = [
  { type: 'sessionRenamed', title: value },
  { type: 'taskSubmitted', task: 't1', prompt: value, references: [{ path: 'a', text: value }] },
  { type: 'taskStarted', task: 't1', prompt: value, model: value, resumed: false },
  { type: 'modelRetried', task: 't1', step: 1, attempt: 1, reason: failure, delayMs: 1 },
  {
    type: 'modelReplied',
    task: 't1',
    step: 1,
    text: value,
    reasoning: value,
    calls: [{ id: value, tool: value, arguments: JSON.stringify({ command: `echo "${value}"` }) }],
  },
  {
    type: 'toolStarted',
    ...call,
    tool: 'exec',
    action,
    decision,
    guard: { effect: 'run', programs: [value], reasons: [value] },
  },
  {
    type: 'toolFinished',
    ...call,
    outcome: 'denied',
    output: value,
    summary: value,
    durationMs: 1,
    decision,
    tool: 'exec',
    action,
  },
  {
    type: 'approvalAsked',
    approval: structuredClone(question) as unknown as Extract<SessionEvent, { type: 'approvalAsked' }>['approval'],
  },
  { type: 'approvalAnswered', approval: 'a1', task: 't1', outcome: { type: 'deny', guidance: value }, by: value },
  {
    type: 'connectionDecided',
    command: value,
    decision: { host: value, port: 1, how: 'http', verdict: 'deny', rule: value, reason: value },
  },
  { type: 'changesChanged', revision: 1, files: 1, additions: 1, deletions: 0, paths: [value] },
  { type: 'changeKept', path: value, by: value },
  { type: 'taskFailed', task: 't1', failure },
]

describe('a log that knows secrets', () => {
  test('has their values nowhere: not in the log, the state, the list, the audit', () => {
    for (const event of events) {
      log.append(event)
      for (const told of [log.after(0, 1_000), log.state, [...log.all()], store.load('s1'), store.list()]) {
        expect(JSON.stringify(told), event.type).not.toContain(value)
      }
    }
    const { entries } = store.audit.list({ filter: {}, from: { after: 0 }, limit: 500 })
    expect(entries.map(({ kind }) => kind)).toEqual([
      'begun',
      'call',
      'call',
      'question',
      'answer',
      'connection',
      'keep',
    ])
    expect(JSON.stringify(entries)).not.toContain(value)
    expect(JSON.stringify(entries)).toContain('curl -H [secret TOKEN] h.example')
  })

  test('keeps what an answer is bound to: the hash of the bytes themselves', () => {
    log.append({ type: 'taskSubmitted', task: 't1', prompt: '' }, events[7] as SessionEvent)
    expect(log.state.approvals).toMatchObject([
      { hash: question.hash, action: { command: 'curl -H [secret TOKEN] h.example' } },
    ])
    const [entry] = store.audit.list({ filter: { kind: 'question' }, from: {}, limit: 1 }).entries
    expect(entry?.evidence?.action).toBe(question.hash)
  })

  test('says live text without them, wherever it is cut', () => {
    const whole = `so the token is ${value}, and again ${value}.`
    for (let a = 0; a <= whole.length; a++) {
      const part = `c${a}`
      log.grow('t1', 1, part, whole.slice(0, a))
      log.grow('t1', 1, part, whole.slice(a, a + 7))
      for (const character of whole.slice(a + 7)) log.grow('t1', 1, part, character)
      expect(log.live.get(`1/${part}`)?.text).toBe('so the token is [secret TOKEN], and again [secret TOKEN].')
    }
  })

  test('begins live text anew where a reply is tried again', () => {
    log.append({ type: 'taskSubmitted', task: 't1', prompt: '' })
    log.grow('t1', 1, 'reply', value.slice(0, 10))
    log.append({ type: 'modelRetried', task: 't1', step: 1, attempt: 1, reason: failure, delayMs: 0 })
    log.grow('t1', 1, 'reply', 'hello')
    expect(log.live.get('1/reply')?.text).toBe('hello')
  })
})
