import type { Action } from '#protocol/approval.ts'
import type { EventOf, ToolCall } from '#protocol/event.ts'
import { type Sandbox, SandboxGone } from '../sandbox/sandbox.ts'
import { abortable, abortableAfter } from './abortable.ts'
import type { Allowed, Denied } from './gate.ts'
import type { LoopParams } from './loop.ts'
import { planCall, toolsByName } from './planCall.ts'
import { TaskFailure } from './taskFailure.ts'
import type { Tool, ToolPlan, ToolResult } from './tool.ts'

/** A cancelled tool has this long to end what it started. */
const graceMs = 5000
const sandboxDeaths = 3
const quiet = { network: false }

type Planned = Extract<ToolPlan, { type: 'planned' }>
type Invalid = Extract<ToolPlan, { type: 'invalid' }>

interface Ready {
  readonly type: 'ready'
  readonly plan: Planned
  readonly sandbox: Sandbox
}

type Finish = Omit<EventOf<'toolFinished'>, 'type' | 'task' | 'step' | 'call'>

/** Brings the calls of one task from the model's words to a result. */
export class CallRunner {
  readonly #params: LoopParams
  readonly #tools: ReadonlyMap<string, Tool>
  #deathsInARow = 0

  constructor(params: LoopParams) {
    this.#params = params
    this.#tools = toolsByName(params.tools)
  }

  /** What an interruption left of a call that had begun: nobody knows how far it came, so it is not run again. */
  interrupted(step: number, call: ToolCall): string {
    const output = 'This call was interrupted; it may have run in part. Look before you run it again.'
    return this.#finish(step, call, { outcome: 'interrupted', output, summary: 'interrupted', durationMs: 0 })
  }

  /** Plans, passes the gate, makes all ready, runs what was planned; answers what the model is told. `cut`: the reply ended too early. */
  async run(step: number, call: ToolCall, cut = false): Promise<string> {
    const plan = planCall(this.#tools, call, this.#params.root, cut)
    if (plan.type === 'invalid') return this.#invalid(step, call, plan.message)
    const { task, gate, signal } = this.#params
    const { action, claim } = plan
    const asked = { task, step, call: call.id, tool: call.tool, arguments: call.arguments, action }
    const question = claim === undefined ? asked : { ...asked, claim }
    for (;;) {
      const passed = await abortable(gate.pass(question, signal), signal)
      if (passed.type === 'denied') return this.#denied(step, call, passed.action ?? action, passed)
      const ready = await this.#ready(step, call, plan, passed)
      if (ready.type === 'invalid') return this.#invalid(step, call, ready.message)
      // What was allowed may be forbidden or another one by now: a checkpoint was made, a sandbox opened or resumed.
      const stillAllowed = await abortable(gate.stillAllows(question, passed), signal)
      if (stillAllowed) return this.#runPlanned(step, call, ready, passed)
    }
  }

  /** All that takes time before it can begin. */
  async #ready(step: number, call: ToolCall, plan: Planned, passed: Allowed): Promise<Ready | Invalid> {
    const { signal, root, remember } = this.#params
    if (passed.remember) await remember(step)
    const edited = passed.arguments
    const planned = edited === undefined ? plan : planCall(this.#tools, { ...call, arguments: edited }, root)
    if (planned.type === 'invalid') return planned
    const sandbox = await abortable(this.#params.sandbox(), signal)
    if (sandbox.awake) await abortable(sandbox.awake(), signal)
    return { type: 'ready', plan: planned, sandbox }
  }

  #invalid(step: number, call: ToolCall, output: string): string {
    return this.#finish(step, call, {
      outcome: 'error',
      output,
      summary: 'not run: the call is invalid',
      durationMs: 0,
    })
  }

  #denied(step: number, call: ToolCall, action: Action, denied: Denied): string {
    const { guidance, decision, guard, ends } = denied
    const finish = { outcome: 'denied', output: guidance, summary: 'denied', durationMs: 0, decision } as const
    const told = this.#finish(step, call, { ...finish, tool: call.tool, action, ...(guard && { guard }) })
    if (ends) throw new TaskFailure(ends)
    return told
  }

  /** Begins in the turn in which it is called. */
  async #runPlanned(step: number, call: ToolCall, { plan, sandbox }: Ready, passed: Allowed): Promise<string> {
    const { task, signal, beforeWrite, live } = this.#params
    const { id, tool } = call
    this.#params.emit({
      type: 'toolStarted',
      task,
      step,
      call: id,
      tool,
      action: plan.action,
      decision: passed.decision,
      ...(passed.guard && { guard: passed.guard }),
      sandbox: sandbox.kind,
    })
    const startedAt = performance.now()
    let listening = true
    const onOutput = (text: string) => {
      if (listening) live(step, id, text)
    }
    const { network, background } = this.#params
    const tag = plan.action.type === 'command' ? network.begin(namesOf(plan.action, { task, step, call: id })) : ''
    const waits = () => network.waits(tag)
    const run = async () => plan.run({ sandbox, signal, onOutput, beforeWrite, background, tag, waits })
    const end = withEdit(redacted(await settled(abortableAfter(run(), graceMs, signal)), sandbox), passed.arguments)
    listening = false
    network.end(tag)
    const durationMs = Math.round(performance.now() - startedAt)

    if (signal.aborted) {
      this.#finish(step, call, { ...cancelled(end), durationMs })
      throw signal.reason
    }
    if (end.type === 'result') {
      this.#deathsInARow = 0
      // File tools say nothing of it: they run where commands run, and reach no network.
      const { kind, runner } = sandbox
      const by = runner ? { kind, runner } : { kind }
      const { evidence = { ...by, requested: quiet, effective: quiet, active: kind !== 'none' } } = end.result
      return this.#finish(step, call, { ...end.result, evidence, durationMs })
    }
    const why = end.error instanceof Error ? end.error.message : String(end.error)
    const output = `${why}. The call may have run in part. Look before you run it again.`
    const told = this.#finish(step, call, { outcome: 'error', output, summary: why, durationMs })
    if (!(end.error instanceof SandboxGone)) throw end.error
    // The next call opens a new one; a sandbox that keeps dying is no sandbox.
    if (++this.#deathsInARow >= sandboxDeaths) throw sandboxKeepsDying(why)
    return told
  }

  #finish(step: number, { id }: ToolCall, finish: Finish): string {
    this.#params.emit({ type: 'toolFinished', task: this.#params.task, step, call: id, ...finish })
    return finish.output
  }
}

function namesOf(action: Extract<Action, { type: 'command' }>, call: { task: string; step: number; call: string }) {
  return { ...call, command: action.command, anyPublicHost: action.network }
}

type End = { type: 'result'; result: ToolResult } | { type: 'error'; error: unknown }

/** No secret reaches the model. What is logged and told passes the log's own redaction. */
function redacted(end: End, { redaction }: Sandbox): End {
  if (!redaction || end.type === 'error') return end
  const { output, summary } = end.result
  return { ...end, result: { ...end.result, output: redaction.text(output), summary: redaction.text(summary) } }
}

/** The model hears of it where what ran was not what it wrote. */
function withEdit(end: End, edited: string | undefined): End {
  if (edited === undefined || end.type === 'error') return end
  const output = `[The user changed this call before it ran. What ran: ${edited}]\n${end.result.output}`
  return { ...end, result: { ...end.result, output } }
}

function settled(running: Promise<ToolResult>): Promise<End> {
  return running.then(
    (result): End => ({ type: 'result', result }),
    (error: unknown): End => ({ type: 'error', error }),
  )
}

function cancelled(end: End): Omit<Finish, 'durationMs'> {
  const said = 'This call was cancelled; it may have run in part.'
  if (end.type === 'error') return { outcome: 'cancelled', output: said, summary: 'cancelled' }
  const { output, evidence } = end.result
  return { outcome: 'cancelled', output: `${said}\n${output}`, summary: 'cancelled', ...(evidence && { evidence }) }
}

function sandboxKeepsDying(why: string): TaskFailure {
  return new TaskFailure({
    code: 'sandboxUnavailable',
    message: `The sandbox ended during ${sandboxDeaths} calls in a row: ${why}`,
    fix: 'See the daemon’s log, then resume the task.',
  })
}
