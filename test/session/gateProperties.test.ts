import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Approval, Outcome } from '#protocol/approval.ts'
import type { Mode, PolicyRule } from '#protocol/policy.ts'
import type { GateCall, GateResult } from '../../daemon/agent/loop.ts'
import { actionHash } from '../../daemon/approval/actionHash.ts'
import type { Case, Judge } from '../../daemon/approval/judge.ts'
import { decide } from '../../daemon/approval/policy/decide.ts'
import { ruleSet } from '../../daemon/approval/policy/ruleSet.ts'
import { allows } from '../../daemon/session/hostQuestions.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'
import { runs as programs } from '../approval/policy/reports.ts'
import { runs } from '../support/seed.ts'
import { sessionGate } from '../support/sessionGate.ts'

/** Two that are grave, one of which takes its orders from a file, and one that is harmless. */
const lines = ['deploy all', 'publish all', 'make all'] as const
type Line = (typeof lines)[number]
const orders = '/w/deploy.sh'
const timeLimit = 60_000

const commandAction = (command: string) => ({ type: 'command', command, cwd: '/w', network: false }) as const

/** A session whose daemon may go at any time, its calls, two people who answer, and everything that is always to hold. */
class World {
  readonly #store = sqliteStore(':memory:')
  readonly #rules = new Map<Line, PolicyRule['verdict']>()
  readonly #calls = new Map<string, { call: GateCall; abort: AbortController; done: boolean }>()
  /** Reads of files that are under way. */
  #reads: (() => void)[] = []
  #script = 0
  #task = 0
  #step = 0
  #log = new SessionLog(this.#store, 's1')
  #gate = this.#newGate()
  /** Answers that a call ran by. */
  readonly #spent = new Set<string>()
  /** What was found not to hold, by calls that came through on their own. */
  readonly #faults: string[] = []

  constructor() {
    this.#log.append({ type: 'sessionCreated', folder: '/w', title: 'x' })
    this.#beginTask()
  }

  close(): void {
    this.#stop()
    this.#store.close()
  }

  /** As the loop does it, no two calls of a task have one id. What needs no one's word has begun when this settles. */
  async call(name: string, line: Line, isNewStep: boolean): Promise<void> {
    if (isNewStep) this.#step++
    const id = `${this.#step}_${name}`
    if (!this.#calls.has(id)) this.#pass(this.#callOf(id, this.#step, line))
    await this.flush()
  }

  answer(at: number, outcome: Outcome, by: string): void {
    const pending = this.#log.state.approvals
    const asked = pending[at % pending.length]
    if (asked) this.#gate.answer(asked.id, outcome, by)
  }

  /** An id that was answered, or never asked: nothing changes. */
  replay(at: number, outcome: Outcome): void {
    const settled = [...this.#answers().keys(), 'a_none']
    const { seq } = this.#log.state
    expect(() => this.#gate.answer(settled[at % settled.length] ?? '', outcome, 'replay')).toThrow(/approval/)
    expect(this.#log.state.seq).toBe(seq)
  }

  /** What was under way is gone, and the calls that have not run come again, perhaps with other bytes under the same id. */
  async restart(isOther: boolean): Promise<void> {
    const before = this.#log.state.approvals
    this.#stop()
    this.#log = new SessionLog(this.#store, 's1', this.#store.load('s1'))
    this.#gate = this.#newGate()
    expect(this.#log.state.approvals).toEqual(before)
    for (const { call, done } of [...this.#calls.values()]) {
      if (done) continue
      const at = lines.findIndex((each) => call.action.type === 'command' && call.action.command === each)
      const other = isOther ? lines[(at + 1) % 2] : undefined
      this.#pass(other ? this.#callOf(call.call, call.step, other) : call)
    }
    await this.flush()
  }

  rule(line: Line, verdict: PolicyRule['verdict'] | 'none'): void {
    if (verdict === 'none') this.#rules.delete(line)
    else this.#rules.set(line, verdict)
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
  async release(): Promise<void> {
    for (const release of this.#reads.splice(0)) release()
    await this.flush()
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

  /** How many calls ran by somebody's answer. */
  get ran(): number {
    return this.#spent.size
  }

  check(): void {
    expect(this.#faults).toEqual([])
    const asked = this.#asked()
    const answers = this.#answers()
    for (const [id, given] of answers) {
      expect(asked.has(id)).toBe(true)
      expect(given).toHaveLength(1)
      for (const { by, outcome } of given) if (by === 'timeout' || by === 'cancel') expect(outcome.type).toBe('deny')
    }
    const open = [...asked.keys()].filter((id) => !answers.has(id))
    expect(this.#log.state.approvals.map(({ id }) => id)).toEqual(open)
    for (const { task, action } of this.#log.state.approvals) {
      expect(task).toBe(this.#taskId)
      expect(this.#verdict(action, true)).toBe('ask')
    }
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
  }

  #newGate() {
    const isOfScript = () => new TextEncoder().encode(`${this.#script}`)
    return sessionGate(this.#log, {
      judge: this.#judge,
      read: () =>
        new Promise((resolve) => {
          this.#reads.push(() => resolve(isOfScript()))
        }),
      plan: (_, args) => ({ action: commandAction(args) }),
    })
  }

  get #judge(): Judge {
    const reportOf = ({ action }: Pick<Case, 'action'>) => {
      const command = action.type === 'command' ? action.command : ''
      const grave = { code: 'publishes', text: 'It gives something away.', consequential: true as const, program: 0 }
      return { ...programs(command), reasons: command.startsWith('make') ? [] : [grave] }
    }
    return {
      judge: (tried) => {
        const report = reportOf(tried)
        const rules = [...this.#rules].map(([line, verdict]): PolicyRule => ({ verdict, program: line.split(' ') }))
        return { report, decision: decide(tried.action, report, { ...tried, policy: [ruleSet('user', { rules })] }) }
      },
      propose: () => [],
      ordersOf: ({ programs: [first] }) => (first?.name === 'deploy' ? [orders] : []),
      mode: undefined,
      hostRules: [],
      denyUnansweredAfterMs: timeLimit,
      grant: async () => {},
    }
  }

  /** What is in force says of it now. */
  #verdict(action: GateCall['action'], withoutGrants = false) {
    const { standing } = this.#gate
    const grants = withoutGrants ? new Set<string>() : standing.grants
    return this.#judge.judge({ tool: 'exec', action, ...standing, grants }).decision.verdict
  }

  #pass(call: GateCall): void {
    const abort = new AbortController()
    this.#calls.set(call.call, { call, abort, done: false })
    this.#gate.pass(call, abort.signal).then(
      (result) => {
        if (abort.signal.aborted) return
        this.#calls.set(call.call, { call, abort, done: true })
        this.#faults.push(...this.#faultsOf(call, result))
      },
      (error: unknown) => {
        if (!abort.signal.aborted) this.#faults.push(String(error))
      },
    )
  }

  /** Checked in the moment in which the call would begin, as the loop does it. */
  #faultsOf(call: GateCall, result: GateResult): string[] {
    const { decision } = result
    if (result.type === 'denied') return decision.verdict === 'deny' ? [] : ['a denial that says it is none']
    const action = result.arguments === undefined ? call.action : commandAction(result.arguments)
    const isDenied = this.#verdict(action) === 'deny' || this.#verdict(call.action) === 'deny'
    this.#log.append({ type: 'toolStarted', ...call, action, decision })
    return [
      ...(decision.verdict === 'allow' ? [] : ['it ran without an allow']),
      ...(isDenied ? ['it ran though it is denied'] : []),
      ...(decision.by === undefined ? this.#faultsOfRule(call) : this.#faultsOfAnswer(call, decision.by)),
    ]
  }

  #faultsOfRule({ tool, action }: GateCall): string[] {
    if (this.#verdict(action) !== 'allow') return ['it ran by a rule that does not allow it']
    if (this.#verdict(action, true) === 'allow') return []
    const granted = [...this.#asked().values()].filter(({ hash }) => hash === actionHash(tool, action))
    const isGranted = granted.some(({ id }) => this.#answers().get(id)?.[0]?.outcome.type === 'allowForSession')
    return isGranted ? [] : ['it ran by a grant that nobody gave']
  }

  #faultsOfAnswer({ task, call, tool, action }: GateCall, by: string): string[] {
    const used = [...this.#asked().values()].find((asked) => {
      const given = this.#answers().get(asked.id)?.[0]
      const isOfCall = asked.task === task && asked.call === call && asked.hash === actionHash(tool, action)
      return isOfCall && given?.by === by && allows(given.outcome) && !this.#spent.has(asked.id) && this.#isFresh(asked)
    })
    if (!used) return ['it ran by an answer that is not in the log, was for other bytes, or was used before']
    this.#spent.add(used.id)
    return by === 'w1' || by === 'w2' ? [] : [`it ran by the answer of ${by}`]
  }

  #isFresh({ dependsOn = [] }: Approval): boolean {
    const now = createHash('sha256').update(`${this.#script}`).digest('hex')
    return dependsOn.every(({ sha256 }) => sha256 === now)
  }

  #asked(): Map<string, Approval> {
    const events = [...this.#log.all()].map(({ event }) => event)
    return new Map(
      events.flatMap((event) => (event.type === 'approvalAsked' ? [[event.approval.id, event.approval]] : [])),
    )
  }

  #answers() {
    const answers = new Map<string, { outcome: Outcome; by: string }[]>()
    for (const { event } of this.#log.all()) {
      if (event.type !== 'approvalAnswered') continue
      answers.set(event.approval, [...(answers.get(event.approval) ?? []), event])
    }
    return answers
  }
}

type Deed = (world: World) => void | Promise<void>

const line = fc.constantFrom(...lines)
const rules = [{ verdict: 'allow' as const, program: ['publish'] }]
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constantFrom<Outcome>(
    { type: 'allowOnce' },
    { type: 'allowForSession' },
    { type: 'allowForSession', rules },
    { type: 'allowForWorkspace', rules },
    { type: 'allowForUser', rules },
    { type: 'deny' },
    { type: 'deny', guidance: 'no' },
    { type: 'abort' },
  ),
  line.map((edited): Outcome => ({ type: 'allowWithInput', arguments: edited })),
)

/** Input that is denied may be refused: then nothing is to have changed, which every check sees. */
const answered = (world: World, at: number, given: Outcome, by: string) => {
  try {
    world.answer(at, given, by)
  } catch (error) {
    expect(given.type).toBe('allowWithInput')
    expect(String(error)).toMatch(/outcome\.arguments/)
  }
}

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('c1', 'c2'), line, fc.boolean()).map(
      ([id, what, isNew]): Deed =>
        (world) =>
          world.call(id, what, isNew),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(5), outcome, fc.constantFrom('w1', 'w2')).map(
      ([at, given, by]): Deed =>
        (world) =>
          answered(world, at, given, by),
    ),
  },
  fc.tuple(fc.nat(9), outcome).map(
    ([at, given]): Deed =>
      (world) =>
        world.replay(at, given),
  ),
  fc.boolean().map(
    (isOther): Deed =>
      (world) =>
        world.restart(isOther),
  ),
  fc.tuple(line, fc.constantFrom('allow', 'ask', 'deny', 'none')).map(
    ([about, verdict]): Deed =>
      (world) =>
        world.rule(about, verdict),
  ),
  fc.constantFrom<Mode>('plan', 'ask', 'auto', 'auto', 'unattended').map(
    (mode): Deed =>
      (world) =>
        world.mode(mode),
  ),
  fc.constant<Deed>((world) => world.touch()),
  { weight: 5, arbitrary: fc.constant<Deed>((world) => world.release()) },
  fc.boolean().map(
    (isLong): Deed =>
      (world) =>
        world.elapse(isLong),
  ),
  fc.constant<Deed>((world) => world.cancel()),
)

test('whatever is called, answered, replayed, changed, restarted or cancelled, and in whatever order: one outcome for each question, and nothing runs but by it or by a rule', async () => {
  let ran = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ deed: deeds, isWaited: fc.boolean() }), { minLength: 5, maxLength: 50 }),
      async (sequence) => {
        const world = new World()
        try {
          for (const { deed, isWaited } of sequence) {
            await deed(world)
            if (!isWaited) continue
            await world.flush()
            world.check()
          }
          await world.release()
          world.check()
          ran += world.ran
        } finally {
          world.close()
        }
      },
    ),
    { numRuns: runs(400) },
  )
  // A world in which nothing ever runs would hold everything.
  expect(ran).toBeGreaterThan(100)
})
