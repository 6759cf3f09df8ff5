import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Approval, Outcome } from '#protocol/approval.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import type { GateCall } from '../../daemon/agent/gate.ts'
import type { SessionGate } from '../../daemon/session/gate.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import type { Store } from '../../daemon/session/store.ts'
import { plainJudge, sessionGate } from '../support/sessionGate.ts'

let store: Store
let log: SessionLog
let gate: SessionGate
const granted: [string, readonly PolicyRule[]][] = []

beforeEach(() => {
  granted.length = 0
  store = sqliteStore(':memory:')
  log = new SessionLog(store, 's1')
  log.append(
    { type: 'sessionCreated', folder: '/w', title: 'x' },
    { type: 'taskSubmitted', task: 't1', prompt: 'go' },
    { type: 'taskStarted', task: 't1', prompt: 'go', model: 'm', resumed: false },
  )
  gate = newGate()
  return () => store.close()
})

function newGate(): SessionGate {
  const grant = async (scope: string, rules: readonly PolicyRule[]) => void granted.push([scope, rules])
  return sessionGate(log, { judge: { ...plainJudge(), grant } })
}

function command(line: string, call = 'c1', network = true): GateCall {
  const action = { type: 'command', command: line, cwd: '/w', network } as const
  return { task: 't1', step: 1, call, tool: 'exec', arguments: '{}', action }
}

function pass(call: GateCall, signal = new AbortController().signal) {
  return gate.pass(call, signal)
}

function pending(): Approval {
  const [approval] = log.state.approvals
  if (!approval) throw new Error('nothing is asked')
  return approval
}

/** What a daemon that starts again makes of the log. */
function restart(): void {
  log = new SessionLog(store, 's1', store.load('s1'))
  gate = newGate()
}

describe('the gate', () => {
  test('lets what the sandbox contains pass without a question', async () => {
    expect(await pass(command('make', 'c1', false))).toMatchObject({ type: 'allowed' })
    expect(log.state.approvals).toEqual([])
  })

  test.each<[Outcome, string]>([
    [{ type: 'allowOnce' }, 'allowed'],
    [{ type: 'allowForSession' }, 'allowed'],
    [{ type: 'deny', guidance: 'use the mirror' }, 'denied'],
  ])('asks, waits, and does as answered: %j', async (outcome, type) => {
    const result = pass(command('npm install'))
    expect(pending()).toMatchObject({ task: 't1', call: 'c1', action: { command: 'npm install' }, risk: 'medium' })
    expect(log.state.tasks[0]?.state).toBe('waiting')
    gate.answer(pending().id, outcome, 'window 1')
    expect(await result).toMatchObject({ type })
    expect(log.state.tasks[0]?.state).toBe('running')
    if (outcome.type === 'deny')
      expect(await result).toMatchObject({ guidance: expect.stringContaining('use the mirror') })
  })

  test('the first answer wins; every later one is refused and records nothing', async () => {
    const result = pass(command('npm install'))
    const { id } = pending()
    gate.answer(id, { type: 'deny' }, 'window 1')
    const { seq } = log.state
    expect(() => gate.answer(id, { type: 'allowOnce' }, 'window 2')).toThrow(/already answered \(deny, by window 1\)/)
    expect(log.state.seq).toBe(seq)
    expect(await result).toMatchObject({ type: 'denied' })
  })

  test('an allowance for the session covers this exact action and no other', async () => {
    const first = pass(command('npm install'))
    gate.answer(pending().id, { type: 'allowForSession' }, 'w')
    await first
    expect(await pass(command('npm install', 'c2'))).toMatchObject({ type: 'allowed' })
    void pass(command('npm install ', 'c3')).catch(() => {})
    expect(pending().call).toBe('c3')
  })

  test('allowed once means once', async () => {
    const first = pass(command('npm install'))
    gate.answer(pending().id, { type: 'allowOnce' }, 'w')
    await first
    void pass(command('npm install', 'c2')).catch(() => {})
    expect(pending().call).toBe('c2')
  })

  test('after a restart the question keeps its id, and its answer reaches the call that asks again', async () => {
    void pass(command('npm install')).catch(() => {})
    const { id } = pending()
    restart()
    expect(pending().id).toBe(id)
    gate.answer(id, { type: 'allowOnce' }, 'w')
    restart()
    expect(() => gate.answer(id, { type: 'deny' }, 'w2')).toThrow(/already answered/)
    expect(await pass(command('npm install'))).toMatchObject({ type: 'allowed' })
  })

  test('an answer does not carry over to other bytes under the same call id', async () => {
    void pass(command('npm install')).catch(() => {})
    gate.answer(pending().id, { type: 'allowOnce' }, 'w')
    restart()
    void pass(command('npm install evil')).catch(() => {})
    expect(pending().action).toMatchObject({ command: 'npm install evil' })
  })

  test('session allowances survive a restart', async () => {
    const first = pass(command('npm install'))
    gate.answer(pending().id, { type: 'allowForSession' }, 'w')
    await first
    restart()
    expect(await pass(command('npm install', 'c9'))).toMatchObject({ type: 'allowed' })
  })

  test('a cancelled task settles its question as denied; a late click answers nothing', async () => {
    const abort = new AbortController()
    const result = pass(command('npm install'), abort.signal)
    const { id } = pending()
    abort.abort(new Error('cancelled'))
    await expect(result).rejects.toThrow('cancelled')
    gate.withdraw('t1')
    expect(log.state.approvals).toEqual([])
    expect(() => gate.answer(id, { type: 'allowOnce' }, 'w')).toThrow(/already answered \(deny, by cancel\)/)
  })

  test('an id that was never asked is refused', () => {
    expect(() => gate.answer('a_nothing', { type: 'allowOnce' }, 'w')).toThrow(/no approval/)
  })
})

describe('hosts', () => {
  const wants = (host: string, options: { port?: number; call?: string } = {}, signal = new AbortController().signal) =>
    gate.hosts.ask({ task: 't1', step: 1, call: 'c1', port: 443, command: 'npm install', host, ...options }, signal)
  const states = () => log.state.tasks.map(({ state }) => state).join()

  test('the question names host, port and command; connections of one call share it', async () => {
    const both = Promise.all([wants('a.example'), wants('a.example')])
    expect(log.state.approvals).toHaveLength(1)
    expect(pending()).toMatchObject({
      tool: 'network',
      action: { type: 'connect', host: 'a.example', port: 443, command: 'npm install' },
      risk: 'medium',
    })
    gate.answer(pending().id, { type: 'allowOnce' }, 'w')
    expect(await both).toEqual(['allow', 'allow'])
    expect(await wants('a.example')).toBe('allow')
  })

  test('once is for that call, that host and that port', async () => {
    const first = wants('a.example')
    gate.answer(pending().id, { type: 'allowOnce' }, 'w')
    await first
    for (const other of [{ call: 'c2' }, { port: 22 }]) {
      void wants('a.example', other)
      gate.answer(pending().id, { type: 'deny' }, 'w')
    }
    void wants('b.example')
    expect(pending().action).toMatchObject({ host: 'b.example' })
  })

  test('what was denied is not asked again in that task', async () => {
    const first = wants('a.example')
    gate.answer(pending().id, { type: 'deny' }, 'w')
    expect(await first).toBe('deny')
    expect(await wants('a.example', { call: 'c2' })).toBe('deny')
    expect(log.state.approvals).toEqual([])
  })

  test('a command went on to a host that it was let out to after the mode had come to forbid it', async () => {
    const first = wants('a.example')
    gate.answer(pending().id, { type: 'allowOnce' }, 'w')
    expect(await first).toBe('allow')
    log.append({ type: 'modeChanged', mode: 'plan', by: 'w' })
    gate.reconsider()
    expect(await wants('a.example')).toBe('deny')
    log.append({ type: 'modeChanged', mode: 'auto', by: 'w' })
    expect(await wants('a.example')).toBe('allow')
  })

  test('a program that nobody knows the command of was let out by what was allowed once to one of an earlier daemon', async () => {
    const ofNobody = { call: '' }
    const first = wants('a.example', ofNobody)
    const { id } = pending()
    gate.answer(id, { type: 'allowOnce' }, 'w')
    expect(await first).toBe('allow')
    restart()
    void wants('a.example', ofNobody)
    expect(pending().id).not.toBe(id)
  })

  test('for the session it becomes a rule that survives a restart, for the workspace one of its policy, which the record names', async () => {
    void wants('a.example')
    gate.answer(pending().id, { type: 'allowForSession' }, 'w')
    restart()
    expect(gate.hostRules()).toEqual([{ verdict: 'allow', host: 'a.example', ports: [443] }])
    void wants('b.example')
    gate.answer(pending().id, { type: 'allowForWorkspace' }, 'w')
    const rules = [{ verdict: 'allow', host: 'b.example', ports: [443] }]
    expect(granted).toEqual([['workspace', rules]])
    const answers = [...log.all()].flatMap(({ event }) => (event.type === 'approvalAnswered' ? [event.outcome] : []))
    expect(answers.at(-1)).toEqual({ type: 'allowForWorkspace', rules })
  })

  test('an answer that the disk has no room for allows nothing', async () => {
    const wanted = wants('b.example')
    vi.spyOn(store, 'append').mockImplementationOnce(() => {
      throw new Error('no space left')
    })
    const { id } = pending()
    expect(() => gate.answer(id, { type: 'allowForWorkspace' }, 'w')).toThrow('no space left')
    expect(granted).toEqual([])
    gate.answer(id, { type: 'deny' }, 'w')
    expect(await wanted).toBe('deny')
  })

  test('only a host can be allowed for the workspace', () => {
    void pass(command('npm install')).catch(() => {})
    expect(() => gate.answer(pending().id, { type: 'allowForWorkspace' }, 'w')).toThrow(/only a host needs none/)
    expect(log.state.approvals).toHaveLength(1)
  })

  test('the question offers the rule that allows just it, to be read and edited', async () => {
    void wants('a.example', { port: 8443 })
    expect(pending().proposals).toEqual([{ verdict: 'allow', host: 'a.example', ports: [8443] }])
  })

  test('the question outlives the connection and goes with its call; nobody answered it then', async () => {
    const abort = new AbortController()
    const waiting = wants('a.example', {}, abort.signal)
    abort.abort(new Error('hung up'))
    await expect(waiting).rejects.toThrow('hung up')
    expect(gate.hosts.pending('t1', 'c1')).toHaveLength(1)
    gate.hosts.withdraw('t1', 'c1')
    expect(log.state.approvals).toEqual([])
    void wants('a.example')
    expect(log.state.approvals).toHaveLength(1)
  })

  test('a task waits until every one of its questions is answered', async () => {
    void wants('a.example')
    void wants('b.example')
    expect(states()).toBe('waiting')
    gate.answer(pending().id, { type: 'allowOnce' }, 'w')
    expect(states()).toBe('waiting')
    gate.answer(pending().id, { type: 'allowOnce' }, 'w')
    expect(states()).toBe('running')
  })
})
