import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConnectionDecision, NetworkPolicy } from '#protocol/network.ts'
import type { SessionGate } from '../../daemon/session/gate.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { SessionNetwork } from '../../daemon/session/sessionNetwork.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import type { Store } from '../../daemon/session/store.ts'
import { sessionGate } from '../support/sessionGate.ts'

let store: Store
let log: SessionLog
let network: SessionNetwork
let gate: SessionGate
let reconsidered: number
const policy: NetworkPolicy = { undecided: 'ask', rules: [{ verdict: 'allow', host: 'known.example' }] }
const signal = new AbortController().signal
const call = { task: 't1', step: 2, call: 'c1', command: 'npm install', anyPublicHost: false }

beforeEach(() => {
  store = sqliteStore(':memory:')
  log = new SessionLog(store, 's1')
  log.append(
    { type: 'sessionCreated', folder: '/w', title: 'x' },
    { type: 'taskSubmitted', task: 't1', prompt: 'go' },
    { type: 'taskStarted', task: 't1', prompt: 'go', model: 'm', resumed: false },
  )
  gate = sessionGate(log)
  reconsidered = 0
  const reconsider = () => {
    reconsidered += 1
  }
  const egress = () => ({ connection: () => {}, resolves: () => true, reconsider })
  network = new SessionNetwork({ log, gate, policy: () => policy, egress })
})
afterEach(() => store.close())

const decision = (host: string): ConnectionDecision => ({
  host,
  port: 443,
  how: 'connect',
  verdict: 'deny',
  rule: 'undecided',
  reason: 'No rule.',
})
const told = () => [...log.all()].flatMap(({ event }) => (event.type === 'connectionDecided' ? [event] : []))

describe('who uses the network', () => {
  test('a tag says which call a connection belongs to, and cannot be guessed', () => {
    const tags = [network.begin(call), network.begin({ ...call, call: 'c2', anyPublicHost: true })]
    expect(tags[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(tags.map((tag) => network.sourceOf(tag)?.anyPublicHost)).toEqual([false, true])
    expect(network.sourceOf('00')).toBeUndefined()
    expect(network.sourceOf(undefined)).toBeUndefined()
  })

  test('leave for every host ends with the call, its name does not', () => {
    const tag = network.begin({ ...call, anyPublicHost: true })
    network.end(tag)
    expect(network.sourceOf(tag)).toMatchObject({ command: 'npm install', anyPublicHost: false })
  })

  test('what was reached by leave for every host is looked at again when the call ends', () => {
    network.end(network.begin(call))
    expect(reconsidered).toBe(0)
    const tag = network.begin({ ...call, anyPublicHost: true })
    network.end(tag)
    expect(reconsidered).toBe(1)
  })

  test('a program that wants a new host without end and hangs up is not asked about without end', async () => {
    const tag = network.begin(call)
    let asked = 0
    for (let host = 0; host < 1_000; host++) {
      const gone = new AbortController()
      const answer = network.ask({ host: `h${host}.example`, port: 443, tag }, gone.signal).catch(() => {})
      gone.abort()
      await answer
      expect(log.state.approvals.length).toBeLessThanOrEqual(30)
      if (log.state.approvals.length < 30) continue
      asked += log.state.approvals.length
      for (const { id } of log.state.approvals) gate.answer(id, { type: 'deny' }, 'w')
    }
    expect(asked).toBe(300)
    expect(log.state.approvals).toEqual([])
  })

  test('what was allowed once to a program of nobody’s is not allowed to the next', async () => {
    const wanted = { host: 'a.example', port: 443, tag: undefined }
    const both = [network.ask(wanted, signal), network.ask(wanted, signal)]
    gate.answer(log.state.approvals[0]?.id ?? '', { type: 'allowOnce' }, 'w')
    expect(await Promise.all(both)).toEqual(['allow', 'allow'])
    void network.ask(wanted, signal)
    expect(log.state.approvals).toHaveLength(1)
  })

  test('an answer that came when the program had hung up is there when it comes again', async () => {
    const wanted = { host: 'a.example', port: 443, tag: undefined }
    const gone = new AbortController()
    const asked = network.ask(wanted, gone.signal).catch(() => 'gone')
    gone.abort()
    expect(await asked).toBe('gone')
    gate.answer(log.state.approvals[0]?.id ?? '', { type: 'allowOnce' }, 'w')
    expect(await network.ask(wanted, signal)).toBe('allow')
  })

  test('the question names the command; its time limit waits for the answer, and at its end nobody asks any more', async () => {
    const tag = network.begin(call)
    const answer = network.ask({ host: 'a.example', port: 443, tag }, signal)
    expect(log.state.approvals).toMatchObject([{ call: 'c1', action: { host: 'a.example', command: 'npm install' } }])
    expect(network.waits(tag)).toBe(true)
    network.end(tag)
    expect(await answer).toBe('deny')
    expect(log.state.approvals).toEqual([])
  })

  test('a command that is too long to be shown is seen to go on', () => {
    const tag = network.begin({ ...call, command: 'x'.repeat(600) })
    void network.ask({ host: 'a.example', port: 443, tag }, signal)
    expect(log.state.approvals).toMatchObject([{ action: { command: `${'x'.repeat(500)}…` } }])
  })

  test('where no task is at work nobody is asked', async () => {
    log.append({ type: 'taskCompleted', task: 't1' })
    const asking = network.ask({ host: 'a.example', port: 443, tag: undefined }, signal)
    await expect(asking).rejects.toThrow(/No task/)
    expect(log.state.approvals).toEqual([])
  })

  test('a program in the background of a task is asked for as that', async () => {
    void network.ask({ host: 'a.example', port: 443, tag: undefined }, signal)
    expect(log.state.approvals).toMatchObject([{ task: 't1', action: { command: 'a program in the background' } }])
  })

  test('every decision is told with its command, once, and counted', () => {
    const tag = network.begin(call)
    for (let time = 0; time < 5; time++) network.onDecided({ ...decision('a.example'), tag })
    network.onDecided({ ...decision('b.example'), tag })
    network.end(tag)
    expect(told().map(({ call, command, decision, times }) => [call, command, decision.host, times])).toEqual([
      ['c1', 'npm install', 'a.example', undefined],
      ['c1', 'npm install', 'b.example', undefined],
      ['c1', 'npm install', 'a.example', 5],
    ])
  })

  test('a program that tries every host there is does not fill the log', () => {
    const tag = network.begin(call)
    for (let host = 0; host < 5_000; host++) {
      network.onDecided({ ...decision(`h${host}.example`), tag })
      network.onDecided({ ...decision(`h${host}.example`), tag: undefined })
    }
    expect(told()).toHaveLength(200)
  })

  test('a flood of refusals does not hide what a program was let out to', () => {
    const tag = network.begin(call)
    for (const of of [tag, undefined]) {
      for (let host = 0; host < 500; host++) network.onDecided({ ...decision(`h${host}.example`), tag: of })
      network.onDecided({ ...decision('out.example'), verdict: 'allow', tag: of })
    }
    expect(told().filter(({ decision }) => decision.host === 'out.example')).toHaveLength(2)
  })

  test('of programs whose command is not known it is told in every task', () => {
    network.onDecided({ ...decision('a.example'), tag: undefined })
    log.append(
      { type: 'taskCompleted', task: 't1' },
      { type: 'taskSubmitted', task: 't2', prompt: 'go' },
      { type: 'taskStarted', task: 't2', prompt: 'go', model: 'm', resumed: false },
    )
    network.onDecided({ ...decision('a.example'), tag: undefined })
    expect(told()).toHaveLength(2)
  })

  test('the rules of the session are added to those of the workspace', () => {
    const tag = network.begin(call)
    void network.ask({ host: 'a.example', port: 8443, tag }, signal)
    gate.answer(log.state.approvals[0]?.id ?? '', { type: 'allowForSession' }, 'w')
    const added = { verdict: 'allow', host: 'a.example', ports: [8443] }
    expect(network.policy()).toEqual({ undecided: 'ask', rules: [...policy.rules, added] })
  })
})
