import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Approval, Decision, Outcome } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import type { Allowed, GateCall } from '../../daemon/agent/gate.ts'
import { actionHash } from '../../daemon/approval/actionHash.ts'
import type { Case, Judge, Judgement } from '../../daemon/approval/judge.ts'
import { Expiry } from '../../daemon/session/expiry.ts'
import type { SessionGate } from '../../daemon/session/gate.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import type { Store } from '../../daemon/session/store.ts'
import { sessionGate } from '../support/sessionGate.ts'

/** Says what it is told to say: the gate is what is tried here. */
class ToldJudge implements Judge {
  verdict: Decision['verdict'] = 'ask'
  verdictOf = (_: Case): Decision['verdict'] => this.verdict
  reasons: GuardReport['reasons'] = []
  orders: string[] = []
  denyUnansweredAfterMs: number | undefined
  readonly granted: [string, readonly PolicyRule[]][] = []
  readonly cases: Case[] = []

  judge(tried: Case): Judgement {
    this.cases.push(tried)
    const report: GuardReport = {
      understood: true,
      effect: 'run',
      risk: 'high',
      programs: [],
      paths: [],
      hosts: [],
      reasons: this.reasons,
    }
    return { report, decision: { verdict: this.verdictOf(tried), rule: 'told', risk: 'high', reason: 'so told' } }
  }
  propose = (): PolicyRule[] => [{ verdict: 'allow', program: ['git', 'push'] }]
  ordersOf = () => this.orders
  readonly mode = undefined
  readonly hostRules = []
  async grant(scope: string, rules: readonly PolicyRule[]) {
    this.granted.push([scope, rules])
  }
}

let store: Store
let log: SessionLog
let gate: SessionGate
let judge: ToldJudge
let expiry: Expiry
const files = new Map<string, string>()

function start(): void {
  expiry = new Expiry(
    () => gate.nextExpiry,
    (now) => gate.expire(now),
  )
  gate = sessionGate(log, {
    judge,
    hash: async (path) => {
      const text = files.get(path)
      return text === undefined ? null : createHash('sha256').update(text).digest('hex')
    },
    plan: (_, args) =>
      args.startsWith('{')
        ? { action: { type: 'command', command: args, cwd: '/w', network: false } }
        : { why: 'not an object' },
    onPending: () => expiry.arm(),
  })
  expiry.arm()
}

beforeEach(() => {
  files.clear()
  judge = new ToldJudge()
  store = sqliteStore(':memory:')
  log = new SessionLog(store, 's1')
  log.append(
    { type: 'sessionCreated', folder: '/w', title: 'x' },
    { type: 'taskSubmitted', task: 't1', prompt: 'go' },
    { type: 'taskStarted', task: 't1', prompt: 'go', model: 'm', resumed: false },
  )
  start()
})
afterEach(() => {
  expiry.stop()
  store.close()
  vi.useRealTimers()
})

function restart(): void {
  expiry.stop()
  log = new SessionLog(store, 's1', store.load('s1'))
  start()
}

const push = (call = 'c1'): GateCall => {
  const action = { type: 'command', command: 'git push', cwd: '/w', network: false } as const
  return { task: 't1', step: 1, call, tool: 'exec', arguments: '{}', action }
}
const pass = (call = push(), signal = new AbortController().signal) => gate.pass(call, signal)
const pending = async (): Promise<Approval> =>
  vi.waitUntil(() => log.state.approvals[0], { timeout: 20_000, interval: 5 })
const answer = async (outcome: Outcome, by = 'w') => gate.answer((await pending()).id, outcome, by)
const outcomes = () =>
  [...log.all()].flatMap(({ event }) => (event.type === 'approvalAnswered' ? [[event.outcome.type, event.by]] : []))

describe('what a question holds', () => {
  test('what the guard saw and the rules that would allow it', async () => {
    judge.reasons = [{ code: 'publishes', text: 'It pushes.', consequential: true }]
    void pass().catch(() => {})
    expect(await pending()).toMatchObject({
      guard: { reasons: [{ code: 'publishes' }] },
      proposals: [{ program: ['git', 'push'] }],
    })
  })

  test('a call that cannot be taken back is let through with the wish to remember the layer first', async () => {
    judge.reasons = [{ code: 'publishes', text: 'It pushes.', consequential: true }]
    const result = pass()
    await answer({ type: 'allowOnce' })
    expect(await result).toMatchObject({ type: 'allowed', remember: true, guard: { reasons: ['publishes'] } })
  })
})

describe('outcomes', () => {
  test('rules for the session go to the judge from then on, also after a restart', async () => {
    const rules: PolicyRule[] = [{ verdict: 'allow', program: ['git', 'push', 'origin'] }]
    const result = pass()
    await answer({ type: 'allowForSession', rules })
    expect(await result).toMatchObject({ type: 'allowed', decision: { rule: 'allowed-for-session' } })
    restart()
    judge.verdict = 'allow'
    await pass(push('c2'))
    expect(judge.cases.at(-1)).toMatchObject({ rules, grants: new Set() })
  })

  test.each<['workspace' | 'user', Outcome['type']]>([
    ['workspace', 'allowForWorkspace'],
    ['user', 'allowForUser'],
  ])('rules for the %s are granted once the answer is on disk', async (scope, type) => {
    const rules: PolicyRule[] = [{ verdict: 'allow', program: ['git', 'push'] }]
    const result = pass()
    await answer({ type, rules } as Outcome)
    expect(await result).toMatchObject({ type: 'allowed' })
    expect(judge.granted).toEqual([[scope, rules]])
  })

  test('with other input, what the person wrote is what runs', async () => {
    const result = pass()
    await answer({ type: 'allowWithInput', arguments: '{"command":"git push --dry-run"}' })
    expect(await result).toMatchObject({
      type: 'allowed',
      decision: { rule: 'allowed-with-input' },
      arguments: '{"command":"git push --dry-run"}',
    })
  })

  test('input that cannot run, or that policy denies, is refused and the question stays', async () => {
    void pass().catch(() => {})
    await expect(answer({ type: 'allowWithInput', arguments: 'nonsense' })).rejects.toThrow(/not an object/)
    judge.verdict = 'deny'
    await expect(answer({ type: 'allowWithInput', arguments: '{}' })).rejects.toThrow(/It is denied: so told/)
    expect(log.state.approvals).toHaveLength(1)
  })

  test('a second denial of the same action ends the task, also where the first was before a restart', async () => {
    const first = pass()
    await answer({ type: 'deny', guidance: 'no' })
    expect(await first).not.toHaveProperty('ends')
    restart()
    const second = pass(push('c2'))
    await answer({ type: 'deny' })
    expect(await second).toMatchObject({ type: 'denied', ends: { code: 'approvalDenied' } })
  })

  test.each([
    ['at once', () => {}],
    ['after a restart', restart],
  ])('that a task ended is no denial of what it asked: resumed %s, it may be told no once', async (_, meanwhile) => {
    const ending = new AbortController()
    const ended = pass(push(), ending.signal)
    await pending()
    ending.abort(new Error('cancelled'))
    await expect(ended).rejects.toThrow('cancelled')
    gate.withdraw('t1')
    meanwhile()
    const resumed = pass(push('c2'))
    await answer({ type: 'deny' })
    expect(await resumed).not.toHaveProperty('ends')
  })
})

describe('what changes while a question is open', () => {
  test('a rule that now allows it settles it, and is named', async () => {
    const result = pass()
    await pending()
    judge.verdict = 'allow'
    gate.reconsider()
    expect(await result).toMatchObject({ type: 'allowed', decision: { rule: 'told' } })
    expect(outcomes()).toEqual([['allowOnce', 'policy']])
  })

  test('a rule that now denies it settles it with its reason', async () => {
    const result = pass()
    await pending()
    judge.verdict = 'deny'
    gate.reconsider()
    expect(await result).toMatchObject({ type: 'denied', guidance: 'This was denied: so told' })
    expect(outcomes()).toEqual([['deny', 'policy']])
  })

  test('a deny that came between answer and run beats the answer', async () => {
    const result = pass()
    const { id } = await pending()
    judge.verdict = 'deny'
    gate.answer(id, { type: 'allowOnce' }, 'w')
    expect(await result).toMatchObject({ type: 'denied' })
  })

  test('a script that is swapped after it was shown is asked about anew', async () => {
    judge.orders = ['/w/deploy.sh']
    files.set('/w/deploy.sh', 'echo harmless')
    const result = pass()
    const first = await pending()
    expect(first.dependsOn).toEqual([{ path: '/w/deploy.sh', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    files.set('/w/deploy.sh', 'rm -rf ~')
    gate.answer(first.id, { type: 'allowOnce' }, 'w')
    const second = await pending()
    expect(second.id).not.toBe(first.id)
    expect(second.dependsOn).not.toEqual(first.dependsOn)
    gate.answer(second.id, { type: 'allowOnce' }, 'w')
    expect(await result).toMatchObject({ type: 'allowed' })
  })

  test('one of several scripts that is swapped is enough', async () => {
    judge.orders = ['/w/deploy.sh', '/w/lib.sh']
    for (const path of judge.orders) files.set(path, 'echo harmless')
    void pass().catch(() => {})
    const first = await pending()
    files.set('/w/lib.sh', 'rm -rf ~')
    gate.answer(first.id, { type: 'allowOnce' }, 'w')
    expect((await pending()).id).not.toBe(first.id)
  })

  test('a script that is swapped after the answer, while all is made ready for it, is asked about anew', async () => {
    judge.orders = ['/w/deploy.sh']
    files.set('/w/deploy.sh', 'echo harmless')
    const result = pass()
    const first = await pending()
    gate.answer(first.id, { type: 'allowOnce' }, 'w')
    const passed = (await result) as Allowed
    expect(await gate.stillAllows(push(), passed)).toBe(true)
    files.set('/w/deploy.sh', 'rm -rf ~')
    expect(await gate.stillAllows(push(), passed)).toBe(false)
    // Also where it is the old one again by then: who swaps without end is asked about, not waited for.
    files.set('/w/deploy.sh', 'echo harmless')
    void pass().catch(() => {})
    expect((await pending()).id).not.toBe(first.id)
  })

  test('a script that was allowed for the session is asked about anew once it is another one, and the old one is not', async () => {
    judge.orders = ['/w/deploy.sh']
    files.set('/w/deploy.sh', 'echo harmless')
    // As policy has it: a grant lifts the question.
    const granted = (tried: Case) => tried.grants.has(actionHash(tried.tool, tried.action))
    judge.verdictOf = (tried) => (granted(tried) ? 'allow' : 'ask')
    const first = pass()
    await answer({ type: 'allowForSession' })
    expect(await first).toMatchObject({ type: 'allowed' })
    const again = (await pass(push('c2'))) as Allowed
    expect(await gate.stillAllows(push('c2'), again)).toBe(true)
    expect(log.state.approvals).toEqual([])
    files.set('/w/deploy.sh', 'rm -rf ~')
    // Also where it changes while all is made ready.
    expect(await gate.stillAllows(push('c2'), again)).toBe(false)
    restart()
    void pass(push('c3')).catch(() => {})
    expect(await pending()).toMatchObject({ call: 'c3', dependsOn: [{ path: '/w/deploy.sh' }] })
  })

  test('a deny or a mode that came after the answer, while all is made ready, beats the answer', async () => {
    const result = pass()
    await answer({ type: 'allowOnce' })
    const passed = (await result) as Allowed
    judge.verdict = 'deny'
    expect(await gate.stillAllows(push(), passed)).toBe(false)
    expect(await pass()).toMatchObject({ type: 'denied', guidance: 'so told' })
  })

  test('what no one was asked about is asked about where a rule came meanwhile', async () => {
    judge.verdict = 'allow'
    const passed = (await pass()) as Allowed
    expect(await gate.stillAllows(push(), passed)).toBe(true)
    judge.verdict = 'ask'
    expect(await gate.stillAllows(push(), passed)).toBe(false)
  })

  test('what a person wrote instead is looked at once more too', async () => {
    const result = pass()
    await answer({ type: 'allowWithInput', arguments: '{"command":"git push --dry-run"}' })
    const passed = (await result) as Allowed
    expect(await gate.stillAllows(push(), passed)).toBe(true)
    expect(judge.cases.at(-1)).toMatchObject({ action: { command: '{"command":"git push --dry-run"}' } })
    judge.verdict = 'deny'
    expect(await gate.stillAllows(push(), passed)).toBe(false)
  })

  test('the end of a task settles what it asked, and nothing that another asks', async () => {
    log.append({ type: 'taskSubmitted', task: 't2', prompt: 'and then' })
    const [ended, other] = [pass(push('c1')), pass({ ...push('c2'), task: 't2' })]
    await vi.waitUntil(() => log.state.approvals.length === 2, { timeout: 20_000, interval: 5 })
    gate.withdraw('t1')
    expect(await ended).toMatchObject({ type: 'denied' })
    expect(log.state.approvals).toMatchObject([{ task: 't2', call: 'c2' }])
    await answer({ type: 'allowOnce' })
    expect(await other).toMatchObject({ type: 'allowed' })
    expect(outcomes()).toEqual([
      ['deny', 'cancel'],
      ['allowOnce', 'w'],
    ])
  })

  test('nobody answers in time: denied, never allowed; also when the time went by while no daemon ran', async () => {
    vi.useFakeTimers({ now: 1_000 })
    judge.denyUnansweredAfterMs = 60_000
    const result = pass()
    await vi.advanceTimersByTimeAsync(59_000)
    expect(log.state.approvals).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await result).toMatchObject({ type: 'denied', guidance: 'This was denied: Nobody answered in time.' })
    void pass(push('c2')).catch(() => {})
    expect(log.state.approvals).toHaveLength(1)
    vi.setSystemTime(1_000_000)
    restart()
    await vi.advanceTimersByTimeAsync(0)
    expect(log.state.approvals).toEqual([])
    expect(outcomes()).toEqual([
      ['deny', 'timeout'],
      ['deny', 'timeout'],
    ])
  })
})
