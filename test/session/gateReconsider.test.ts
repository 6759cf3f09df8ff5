import { describe, expect, test } from 'vitest'
import type { Decision, Outcome } from '#protocol/approval.ts'
import type { NetworkPolicy, NetworkRule } from '#protocol/network.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import type { Case, Judge } from '../../daemon/approval/judge.ts'
import type { Examine } from '../../daemon/approval/policy/examples.ts'
import { policyInForce } from '../../daemon/approval/policy/policyInForce.ts'
import { ruleSet } from '../../daemon/approval/policy/ruleSet.ts'
import { judgeIn } from '../../daemon/judgeIn.ts'
import { KnownSecrets } from '../../daemon/sandbox/redaction.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import { runs as programs, report } from '../approval/policy/reports.ts'
import { plainJudge, sessionGate } from '../support/sessionGate.ts'

const action = { type: 'command', command: 'deploy hunter2-hunter2', cwd: '/w', network: false } as const
const call = { task: 't1', step: 1, call: 'c1', tool: 'exec', arguments: '{}', action }

function ground(judge: (tried: Case) => Decision['verdict']) {
  const known = new KnownSecrets()
  known.add('secret TOKEN', 'hunter2-hunter2')
  const store = sqliteStore(':memory:')
  const log = new SessionLog(store, 's1', undefined, known)
  log.append(
    { type: 'sessionCreated', folder: '/w', title: 'x' },
    { type: 'taskSubmitted', task: 't1', prompt: 'go' },
    { type: 'taskStarted', task: 't1', prompt: 'go', model: 'm', resumed: false },
  )
  const usual = plainJudge()
  const mine: Judge = {
    ...usual,
    judge: (tried) => {
      const { report } = usual.judge(tried)
      return { report, decision: { verdict: judge(tried), rule: 'r', risk: 'low', reason: 'x' } }
    },
  }
  return { store, log, gate: sessionGate(log, { judge: mine }) }
}

test('A19: rules are asked anew about what would run, not about what is told of it', async () => {
  const seen: string[] = []
  const { store, log, gate } = ground(({ action: tried }) => {
    if (tried.type === 'command') seen.push(tried.command)
    return 'ask'
  })
  void gate.pass(call, new AbortController().signal)
  expect(log.state.approvals[0]).toMatchObject({ action: { command: 'deploy [secret TOKEN]' } })
  gate.reconsider()
  expect(new Set(seen)).toEqual(new Set(['deploy hunter2-hunter2']))
  store.close()
})

test('what rules allowed while it waited is asked about again where they no longer do when it is to run', async () => {
  let verdict: Decision['verdict'] = 'ask'
  const { store, log, gate } = ground(() => verdict)
  const passing = gate.pass(call, new AbortController().signal)
  const [first] = log.state.approvals
  verdict = 'allow'
  gate.reconsider()
  verdict = 'ask'
  await expect
    .poll(() => log.state.approvals.map(({ id }) => id))
    .toEqual([expect.not.stringContaining(first?.id ?? '')])
  gate.answer(log.state.approvals[0]?.id ?? '', { type: 'deny' }, 'w')
  expect(await passing).toMatchObject({ type: 'denied' })
  store.close()
})

/** Two tasks at work would be two sessions: these calls are of one, each with a question of its own. */
function atWork(policy: PolicyRule[] = [], settings: NetworkRule[] = []) {
  const { store, log } = ground(() => 'ask')
  const sets = policyInForce([ruleSet('user', { rules: policy })])
  const network: NetworkPolicy = { undecided: 'ask', rules: settings }
  const judge = judgeIn('/w', { examineIn: () => examine, sources: { of: () => sets, addRules: () => {} } })
  const parts = { judge, network: () => ({ ...network, rules: [...network.rules] }) }
  const open = (over: SessionLog) => sessionGate(over, parts)
  const gate = open(log)
  const never = new AbortController().signal
  return {
    store,
    log,
    gate,
    network,
    reopened: () => open(new SessionLog(store, 's1', store.load('s1'))),
    wants: (call: string, host = 'a.example', port = 443, through = gate) =>
      through.hosts.ask({ task: 't1', step: 1, call, host, port, command: `curl ${call}` }, never),
    pass: (line: string, id: string) =>
      gate.pass({ ...call, call: id, action: { ...action, command: line } }, never).then(({ type }) => type),
    pending: () => log.state.approvals.map(({ call }) => call),
    answerFirst: (outcome: Outcome) => gate.answer(log.state.approvals[0]?.id ?? '', outcome, 'w'),
    answers: () =>
      [...log.all()].flatMap(({ event }) =>
        event.type === 'approvalAnswered' ? [[event.outcome.type, event.by]] : [],
      ),
  }
}

const examine: Examine = (tried) => {
  if (tried.type !== 'command') return report()
  const seen = programs(tried.command)
  return { ...seen, reasons: [{ code: 'publishes', text: 'It publishes.', consequential: true, program: 0 }] }
}

describe('what is allowed for the session settles what else it covers', () => {
  test('a host, for every command that waits for it on that port', async () => {
    const it = atWork()
    const all = [it.wants('c1'), it.wants('c2'), it.wants('c3', 'a.example', 22)]
    expect(it.pending()).toEqual(['c1', 'c2', 'c3'])
    it.answerFirst({ type: 'allowForSession' })
    expect(it.pending()).toEqual(['c3'])
    expect(await Promise.all(all.slice(0, 2))).toEqual(['allow', 'allow'])
    expect(it.answers()).toEqual([
      ['allowForSession', 'w'],
      ['allowOnce', 'policy'],
    ])
    it.store.close()
  })

  test('rules, as a person changed them: commands and hosts that they cover', async () => {
    const it = atWork()
    const passing = [it.pass('publish a', 'c1'), it.pass('publish b', 'c2'), it.pass('deploy', 'c3')]
    const host = it.wants('c4', 'b.example')
    it.answerFirst({
      type: 'allowForSession',
      rules: [
        { verdict: 'allow', program: ['publish'] },
        { verdict: 'allow', program: ['publish', 'b'], exactly: true },
        { verdict: 'allow', host: '*.example' },
      ],
    })
    expect(await Promise.all([passing[0], passing[1]])).toEqual(['allowed', 'allowed'])
    expect(await host).toBe('allow')
    expect(it.pending()).toEqual(['c3'])
    it.store.close()
  })

  test('an exact action, and no other', async () => {
    const it = atWork()
    const passing = [it.pass('publish a', 'c1'), it.pass('publish a', 'c2'), it.pass('publish b', 'c3')]
    it.answerFirst({ type: 'allowForSession' })
    expect(await Promise.all([passing[0], passing[1]])).toEqual(['allowed', 'allowed'])
    expect(it.pending()).toEqual(['c3'])
    it.store.close()
  })
})

describe('a host that a rule asks about', () => {
  const asks: PolicyRule = { verdict: 'ask', host: 'a.example' }

  test('is, allowed for the session, not asked about for each command, also after a restart', async () => {
    const it = atWork([asks])
    const first = it.wants('c1')
    // No rule can lift an ask, so none is offered.
    expect(it.log.state.approvals[0]).not.toHaveProperty('proposals')
    it.answerFirst({ type: 'allowForSession' })
    expect(await first).toBe('allow')
    expect(await it.wants('c2')).toBe('allow')
    expect(await it.wants('c3', 'a.example', 443, it.reopened())).toBe('allow')
    void it.wants('c4', 'a.example', 22)
    expect(it.pending()).toEqual(['c4'])
    it.store.close()
  })

  test('is not where it was allowed once', async () => {
    const it = atWork([asks])
    const first = it.wants('c1')
    it.answerFirst({ type: 'allowOnce' })
    await first
    void it.wants('c2')
    expect(it.pending()).toEqual(['c2'])
    it.store.close()
  })
})

describe('a host that waits for an answer while the workspace’s settings change', () => {
  test.each<[NetworkRule | 'deny', 'allow' | 'deny']>([
    [{ verdict: 'allow', host: 'a.example' }, 'allow'],
    [{ verdict: 'deny', host: '*' }, 'deny'],
    ['deny', 'deny'],
  ])('%j', async (change, expected) => {
    const it = atWork()
    const waiting = it.wants('c1')
    if (change === 'deny') it.network.undecided = change
    else it.network.rules.push(change)
    it.gate.reconsider()
    expect(await waiting).toBe(expected)
    // Rules said so, and they say something else now.
    Object.assign(it.network, { undecided: 'ask', rules: [] })
    void it.wants('c1')
    expect(it.pending()).toEqual(['c1'])
    it.store.close()
  })
})
