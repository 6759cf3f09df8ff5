import { expect } from 'vitest'
import type { Action, Outcome } from '#protocol/approval.ts'
import type { Mode, PolicyRule } from '#protocol/policy.ts'
import type { GateCall, GateResult } from '../../daemon/agent/gate.ts'
import { unknownCall } from '../../daemon/session/hostQuestions.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import { sessionGate } from '../support/sessionGate.ts'
import {
  commandAction,
  commandOf,
  type Host,
  type Line,
  lines,
  ModelPolicy,
  timeLimit,
  toolOf,
} from './gateModelPolicy.ts'
import { GateModelRecord, hostOf } from './gateModelRecord.ts'

interface Call {
  readonly call: GateCall
  readonly abort: AbortController
  state: 'passing' | 'running' | 'ended'
}

/**
 * A session whose daemon may go at any time, its calls, the connections of those that run and of programs that nobody knows
 * the call of, two people who answer, and everything that is always to hold.
 */
export class GateWorld {
  readonly #store = sqliteStore(':memory:')
  readonly #policy = new ModelPolicy(() => this.#gate.reconsider())
  readonly #calls = new Map<string, Call>()
  readonly #connections = new Set<AbortController>()
  /** Reads of files that are under way. */
  #reads: (() => void)[] = []
  /** Calls that passed, and that are not ready to begin yet. */
  #preparing: (() => void)[] = []
  #script = 0
  #task = 0
  #step = 0
  #log = new SessionLog(this.#store, 's1')
  #gate = this.#newGate()
  readonly #record = new GateModelRecord({
    log: () => this.#log,
    verdict: (action, withoutGrants) => this.#verdict(action, withoutGrants),
    script: () => `${this.#script}`,
  })

  constructor() {
    this.#log.append({ type: 'sessionCreated', folder: '/w', title: 'x' })
    this.#beginTask()
  }

  close(): void {
    this.#stop()
    this.#store.close()
  }

  /** How many calls ran, and how many connections were let out, by somebody's answer. */
  get allowed() {
    return this.#record.allowed
  }

  /** As the loop does it, no two calls of a task have one id. */
  call(name: string, line: Line, isNewStep: boolean): void {
    if (isNewStep) this.#step++
    const id = `${this.#step}_${name}`
    if (!this.#calls.has(id)) this.#pass(this.#callOf(id, this.#step, line))
  }

  /** A call that runs comes to its end, and with it what it wanted to be asked. */
  end(at: number): void {
    const call = this.#running[at % this.#running.length]
    if (!call) return
    call.state = 'ended'
    this.#gate.hosts.withdraw(this.#taskId, call.call.call)
  }

  /** A program of a call that runs, or of nobody's, wants a host. */
  connect(at: number, host: Host, isOfNobody: boolean): void {
    const owner = isOfNobody ? undefined : this.#running[at % this.#running.length]?.call
    if (!isOfNobody && !owner) return
    // What the rules of hosts let out, nobody is asked about.
    if (this.#gate.hostRules().some((rule) => rule.host === host)) return
    const abort = new AbortController()
    this.#connections.add(abort)
    const { call, step } = owner ?? { call: unknownCall, step: this.#step }
    const task = this.#taskId
    const command = owner ? commandOf(owner.action) : 'a program in the background'
    const wanted = { task, step, call, host, port: 443, command }
    const onAnswer = this.#record.wanted(wanted)
    this.#gate.hosts.ask(wanted, abort.signal).then(
      (answer) => {
        this.#connections.delete(abort)
        if (!abort.signal.aborted) onAnswer(answer)
      },
      (error: unknown) => {
        if (!abort.signal.aborted) this.#record.fault(error)
      },
    )
  }

  /** A program no longer wants what it wanted. */
  hangUp(at: number): void {
    const open = [...this.#connections]
    const connection = open[at % open.length]
    if (!connection) return
    this.#connections.delete(connection)
    connection.abort(new Error('hung up'))
  }

  /** Answers one that waits. What it cannot have is refused: then nothing is to have changed, which every check sees. */
  answer(at: number, outcome: Outcome, by: string): void {
    const pending = this.#log.state.approvals
    const asked = pending[at % pending.length]
    if (!asked) return
    const { seq } = this.#log.state
    try {
      this.#gate.answer(asked.id, outcome, by)
    } catch (error) {
      expect(outcome.type).toMatch(/^allow(WithInput|ForWorkspace)$/)
      expect(String(error)).toMatch(/outcome/)
      expect(this.#log.state.seq).toBe(seq)
    }
  }

  /** An id that was answered, or never asked: nothing changes. */
  replay(at: number, outcome: Outcome): void {
    const answered = this.#record.questions().filter(({ given }) => given.length > 0)
    const ids = [...answered.map(({ asked }) => asked.id), 'a_none']
    const { seq } = this.#log.state
    expect(() => this.#gate.answer(ids[at % ids.length] ?? '', outcome, 'replay')).toThrow(/approval/)
    expect(this.#log.state.seq).toBe(seq)
  }

  /** What was under way is gone, and the calls that have not run come again, perhaps with other bytes under the same id. */
  restart(isOther: boolean): void {
    const before = this.#log.state.approvals
    this.#stop()
    this.#log = new SessionLog(this.#store, 's1', this.#store.load('s1'))
    this.#gate = this.#newGate()
    expect(this.#log.state.approvals).toEqual(before)
    expect([...this.#log.all()]).toEqual(this.#record.events())
    // As the session does it: the commands that wanted hosts went with the daemon.
    this.#gate.hosts.withdraw(this.#taskId)
    for (const { call, state } of [...this.#calls.values()]) {
      if (state === 'running') this.#calls.set(call.call, { call, abort: new AbortController(), state: 'ended' })
      if (state !== 'passing') continue
      const other = isOther ? lines.find((each) => each !== commandOf(call.action)) : undefined
      this.#pass(other ? this.#callOf(call.call, call.step, other) : call)
    }
  }

  rule(about: Line | Host, verdict: PolicyRule['verdict'] | 'none'): void {
    this.#policy.say(about, verdict)
    this.#gate.reconsider()
  }

  mode(mode: Mode): void {
    this.#log.append({ type: 'modeChanged', mode, by: 'w' })
    this.#gate.reconsider()
  }

  touch(): void {
    this.#script++
  }

  /** What is read is what is there now; no file changes between that and the run. */
  release(): void {
    for (const release of this.#reads.splice(0)) release()
  }

  /** What passed is ready to begin, and is looked at once more. */
  prepare(): void {
    for (const ready of this.#preparing.splice(0)) ready()
  }

  /** Goes on until nothing is under way but what waits for an answer. */
  async settle(): Promise<void> {
    do {
      this.release()
      this.prepare()
      await this.flush()
    } while (this.#reads.length + this.#preparing.length > 0)
  }

  elapse(isLong: boolean): void {
    const before = this.#log.state.approvals.length
    this.#gate.expire(Date.now() + (isLong ? timeLimit + 1 : -timeLimit))
    expect(this.#log.state.approvals.length).toBe(isLong ? 0 : before)
  }

  cancel(): void {
    this.#stop()
    this.#gate.withdraw(this.#taskId)
    this.#log.append({ type: 'taskCancelled', task: this.#taskId, by: 'w' })
    this.#calls.clear()
    this.#beginTask()
  }

  /** Whatever can go on without anybody goes on. */
  async flush(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Looked at after everything that happens: what is as it is to be costs nothing but the look. */
  check(): void {
    const faults = [...this.#record.faults(), ...this.#faultsOfWaiting()]
    if (faults.length > 0) expect(faults).toEqual([])
  }

  #faultsOfWaiting(): string[] {
    const { approvals, tasks } = this.#log.state
    const open = this.#record.questions().filter(({ given }) => given.length === 0)
    const [listed, unanswered] = [approvals.map(({ id }) => id).join(), open.map(({ asked }) => asked.id).join()]
    const { state } = tasks.find(({ id }) => id === this.#taskId) ?? {}
    const expected = open.length > 0 ? 'waiting' : 'running'
    return [
      ...(listed === unanswered ? [] : [`${listed} waits, and ${unanswered} was not answered`]),
      ...(state === expected ? [] : [`the task is ${state}, not ${expected}`]),
      ...approvals.flatMap(({ id, task, call, action }) => {
        const verdict = this.#verdict(action, true)
        const isWanted =
          hostOf(action) === undefined || call === unknownCall || this.#calls.get(call)?.state === 'running'
        return [
          ...(task === this.#taskId ? [] : [`${id} is of ${task}, not ${this.#taskId}`]),
          ...(verdict === 'ask' ? [] : [`${id} waits, and policy says ${verdict}`]),
          ...(isWanted ? [] : [`${id} asks about a host that nothing wants any more`]),
        ]
      }),
    ]
  }

  get #running(): Call[] {
    return [...this.#calls.values()].filter(({ state }) => state === 'running')
  }

  get #taskId(): string {
    return `t${this.#task}`
  }

  #beginTask(): void {
    const task = `t${++this.#task}`
    this.#log.append(
      { type: 'taskSubmitted', task, prompt: 'go' },
      { type: 'taskStarted', task, prompt: 'go', model: 'm', resumed: false },
    )
  }

  #callOf(call: string, step: number, line: Line): GateCall {
    return { task: this.#taskId, step, call, tool: 'exec', arguments: '{}', action: commandAction(line) }
  }

  #stop(): void {
    for (const { abort } of this.#calls.values()) abort.abort(new Error('stopped'))
    for (const abort of this.#connections) abort.abort(new Error('stopped'))
    this.#connections.clear()
  }

  #newGate() {
    return sessionGate(this.#log, {
      judge: this.#policy.judge,
      hash: () =>
        new Promise((resolve) => {
          this.#reads.push(() => resolve(this.#record.hashOfScript))
        }),
      plan: (tool, args) => (tool === 'exec' ? { action: commandAction(args) } : { why: 'there is no such tool' }),
    })
  }

  /** What is in force says of it now. */
  #verdict(action: Action, withoutGrants = false) {
    const { standing } = this.#gate
    const grants = withoutGrants ? new Set<string>() : standing.grants
    return this.#policy.judge.judge({ tool: toolOf(action), action, ...standing, grants }).decision.verdict
  }

  #pass(call: GateCall): void {
    const known: Call = { call, abort: new AbortController(), state: 'passing' }
    this.#calls.set(call.call, known)
    const { signal } = known.abort
    this.#through(call, signal).then(
      (result) => {
        if (signal.aborted) return
        known.state = result.type === 'allowed' ? 'running' : 'ended'
        if (result.type === 'allowed') this.#begin(call, result)
        else if (result.decision.verdict !== 'deny') this.#record.fault('a denial that says it is none')
      },
      (error: unknown) => {
        if (!signal.aborted) this.#record.fault(error)
      },
    )
  }

  /** As the loop brings a call to its beginning: whatever happens while all is made ready, it is looked at once more. */
  async #through(call: GateCall, signal: AbortSignal): Promise<GateResult> {
    const gate = this.#gate
    for (;;) {
      const result = await gate.pass(call, signal)
      if (result.type === 'denied') return result
      await new Promise<void>((resolve) => this.#preparing.push(resolve))
      signal.throwIfAborted()
      if (await gate.stillAllows(call, result)) return result
    }
  }

  /** In the moment in which the loop would begin it. */
  #begin(call: GateCall, result: GateResult & { type: 'allowed' }): void {
    this.#record.began(call, result)
    const action = result.arguments === undefined ? call.action : commandAction(result.arguments)
    this.#log.append({ type: 'toolStarted', ...call, action, decision: result.decision })
  }
}
