import type { Outcome } from '#protocol/approval.ts'
import type { DiscardResult, KeepAnswers, KeepResult, Selection } from '#protocol/change.ts'
import type { Checkpoint, RewindResult } from '#protocol/checkpoint.ts'
import {
  checkpointNotFound,
  sandboxUnavailable,
  sessionBusy,
  sessionNotFound,
  taskNotFound,
  taskNotResumable,
} from '#protocol/errors.ts'
import type { SessionEvent } from '#protocol/event.ts'
import type { NetworkPolicy, NetworkRule } from '#protocol/network.ts'
import type { Mode } from '#protocol/policy.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import { isLive } from '#protocol/sessionState.ts'
import type { Failure, Reference, Task, TaskState } from '#protocol/task.ts'
import { BackgroundProcesses } from '../agent/background.ts'
import { conversation } from '../agent/conversation.ts'
import { type LoopEnd, runTask } from '../agent/loop.ts'
import { planCall, toolsByName } from '../agent/planCall.ts'
import { systemPrompt } from '../agent/prompt/systemPrompt.ts'
import { failureOf } from '../agent/taskFailure.ts'
import type { Judge } from '../approval/judge.ts'
import type { Layer } from '../layer/layer.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { Expiry } from './expiry.ts'
import { SessionGate } from './gate.ts'
import type { SessionLog } from './log.ts'
import { newId } from './newId.ts'
import type { Parts } from './parts.ts'
import { projectInstructions } from './projectInstructions.ts'
import { SessionChanges } from './sessionChanges.ts'
import { SessionNetwork } from './sessionNetwork.ts'
import { SessionSandbox } from './sessionSandbox.ts'

/** Bytes; consent is not bound to what is in larger files. */
const ordersLimit = 8 * 1024 * 1024

interface Running {
  readonly task: string
  readonly abort: AbortController
  readonly ended: Promise<void>
}

export interface SessionParams {
  readonly log: SessionLog
  readonly layer: Layer
  readonly judge: Judge
  /** Told whenever a task or the sandbox begins or ends. */
  readonly onActivity: () => void
}

/**
 * One conversation at work: its tasks run one after the other, on its layer, in its sandbox. What is said here is in
 * the log first; whoever wants to know watches the log.
 */
export class Session {
  readonly log: SessionLog
  readonly layer: Layer
  readonly gate: SessionGate
  readonly #parts: Parts
  readonly #tools: ReturnType<typeof toolsByName>
  readonly #sandbox: SessionSandbox
  readonly #changes: SessionChanges
  readonly #network: SessionNetwork
  readonly #background: BackgroundProcesses
  readonly #expiry: Expiry
  readonly #onActivity: () => void
  /** As it was last opened. */
  #place: Pick<Sandbox, 'root' | 'home'>
  #running: Running | undefined
  /** How a task ended where the store could not take it: written as soon as it can. */
  #unwritten: { task: string; end: LoopEnd } | undefined
  #cancelledBy = 'user'
  #stopped = false

  constructor(parts: Parts, { log, layer, judge, onActivity }: SessionParams) {
    const { folder, unsandboxed = false } = log.state
    this.#parts = parts
    this.#tools = toolsByName(parts.tools)
    this.#place = { root: folder, home: parts.userHome }
    this.log = log
    this.layer = layer
    const workspace = parts.sandboxOf(folder)
    const trouble = (error: unknown) => parts.trouble(log.id, error)
    this.#expiry = new Expiry(
      () => this.gate.nextExpiry,
      (now) => this.#settle(() => this.gate.expire(now)),
    )
    this.gate = new SessionGate({
      log,
      judge,
      place: () => ({ root: this.#place.root, home: this.#place.home, sandboxed: !unsandboxed }),
      read: (path) => this.#read(path),
      plan: (tool, args) => this.#planned(tool, args),
      network: () => workspace.policy,
      onPending: () => this.#expiry.arm(),
      trouble,
    })
    this.#expiry.arm()
    this.#network = new SessionNetwork({
      log,
      gate: this.gate,
      policy: () => networkOf(workspace.policy, judge.hostRules),
      egress: parts.egress,
    })
    const open = async (mount: Layer['mount'], asked?: SandboxKind) => {
      // What a session was made as, it stays.
      if (asked !== undefined && (asked === 'none') !== unsandboxed) {
        const why = unsandboxed ? 'This session was started without a sandbox.' : 'This session has a sandbox.'
        throw sandboxUnavailable(asked, why, 'Start another session.')
      }
      const kind = unsandboxed ? 'none' : asked
      const sandbox = await workspace.open(log.id, { layer: mount, network: this.#network.port, kind })
      this.#place = { root: sandbox.root, home: sandbox.home }
      return sandbox
    }
    this.#sandbox = new SessionSandbox(layer, open, onActivity)
    this.#background = new BackgroundProcesses((count) => this.#sandbox.holdFor(count))
    this.#changes = new SessionChanges(log, layer, trouble)
    this.#onActivity = onActivity
  }

  get id(): string {
    return this.log.id
  }

  get runningTask(): string | undefined {
    return this.#running?.task
  }

  get sandboxOpen(): boolean {
    return this.#sandbox.isOpen
  }

  /** Nothing of it is at work, asked or watched (but by the list of sessions): it can be loaded again at any time. */
  get atRest(): boolean {
    return !this.#running && !this.#sandbox.isOpen && !this.log.state.tasks.some(isLive) && this.log.watchers <= 1
  }

  /**
   * To be called once after loading: a task that was running when the daemon went is told so; one that waits for its
   * answer goes on waiting. Nothing is started here.
   */
  recover(): void {
    // The commands that wanted these hosts went with the daemon.
    for (const { id } of this.log.state.tasks) this.gate.hosts.withdraw(id)
    for (const { id, state } of this.log.state.tasks) {
      if (state !== 'running') continue
      this.#unwritten = { task: id, end: { type: 'failed', failure: interruption } }
      this.#writeEnd()
    }
  }

  /** Starts what is queued, unless what it was to follow was interrupted: that is for the user to say. */
  goOn(): void {
    const ended = this.log.state.tasks.findLast((task) => task.startedAt !== undefined && !isLive(task))
    if (ended?.failure?.code !== 'interrupted') this.#next()
  }

  submit(prompt: string, references?: readonly Reference[], submission?: string): string {
    this.#refuseWhenStopped()
    const known = submission && this.log.submitted(submission)
    if (known) {
      this.#next()
      return known
    }
    const task = newId('t')
    const event: SessionEvent = { type: 'taskSubmitted', task, prompt }
    if (references?.length) event.references = [...references]
    if (submission) event.submission = submission
    const named = this.log.state.title !== '' || this.log.state.tasks.length > 0
    this.log.append(event, ...(named ? [] : [{ type: 'sessionRenamed', title: titleOf(prompt) } as const]))
    this.#next()
    return task
  }

  async cancel(id: string, by: string): Promise<TaskState> {
    this.#writeEnd()
    if (!isLive(this.#task(id))) return this.#task(id).state
    const running = this.#running
    if (running?.task === id) {
      this.#cancelledBy = by
      running.abort.abort(new Error(`Cancelled by ${by}.`))
      await running.ended
    } else {
      this.gate.withdraw(id)
      this.log.append({ type: 'taskCancelled', task: id, by })
      this.#next()
    }
    return this.#task(id).state
  }

  resume(id: string): void {
    this.#refuseWhenStopped()
    const task = this.#task(id)
    if (task.state !== 'failed') throw taskNotResumable(this.id, id, task.state)
    if (this.#running) throw sessionBusy(this.id)
    this.#start(task, true)
  }

  retry(id: string, submission?: string): string {
    const { prompt, references } = this.#task(id)
    return this.submit(prompt, references, submission)
  }

  /** The first answer wins. A task that was waiting since before a restart goes on; one that is aborted ends. */
  async answer(approval: string, outcome: Outcome, by: string): Promise<void> {
    this.#refuseWhenStopped()
    const asked = this.log.state.approvals.find(({ id }) => id === approval)
    this.gate.answer(approval, outcome, by)
    if (outcome.type === 'abort' && asked) await this.cancel(asked.task, by)
    else this.#next()
  }

  /** How what no rule decides is treated from now on. What waits for a person and no longer needs one is settled. */
  setMode(mode: Mode, by: string): void {
    this.#refuseWhenStopped()
    if (mode !== this.gate.standing.mode) this.log.append({ type: 'modeChanged', mode, by })
    this.reconsider()
  }

  /** Rules changed. */
  reconsider(): void {
    this.#settle(() => this.gate.reconsider())
    this.#network.port.reconsider()
  }

  async keep(selections: readonly Selection[] | 'all', by: string, answers?: KeepAnswers): Promise<KeepResult[]> {
    this.#refuseWhenStopped()
    return this.#parts.keeps.run(this.layer.folder, () => this.#changes.keep(selections, by, answers))
  }

  async discard(selections: readonly Selection[] | 'all', by: string): Promise<DiscardResult[]> {
    this.#refuseWhenStopped()
    return this.useSandbox((sandbox) => this.#changes.discard(selections, by, this.#sandbox.layerFiles(sandbox)))
  }

  checkpoints(): Checkpoint[] {
    return this.#changes.checkpoints()
  }

  /** Refused while a task is at work or waits for an answer: it would go on from files that are no longer there. */
  async rewind(checkpoint: string, by: string): Promise<RewindResult> {
    this.#refuseWhenStopped()
    const waits = this.log.state.tasks.some(({ state }) => state === 'waiting')
    if (this.#running || waits) throw sessionBusy(this.id)
    if (!this.layer.checkpoints().includes(checkpoint)) throw checkpointNotFound(this.id, checkpoint)
    return this.useSandbox((sandbox) => this.#changes.rewind(checkpoint, by, this.#sandbox.layerFiles(sandbox)))
  }

  /**
   * Runs `work` with the session's sandbox, opened (as one of this kind) where it is not, and kept open for so long. What the
   * user saved before shows in it, where nothing inside is in the way of that.
   */
  useSandbox<T>(work: (sandbox: Sandbox) => Promise<T>, kind?: SandboxKind): Promise<T> {
    this.#refuseWhenStopped()
    return this.#sandbox.use(async () => {
      await this.#sandbox.get(kind)
      await this.#sandbox.refresh()
      return work(await this.#sandbox.get(kind))
    })
  }

  /** Something else than a task was at work in the layer. */
  async lookAtChanges(): Promise<void> {
    await this.#changes.look()
  }

  /** The user saved files of the workspace: the agent sees them from its next step on. */
  userSaved(): void {
    this.#sandbox.markStale()
    if (!this.#running) this.#refresh()
  }

  /**
   * Ends what runs, for good, and refuses everything from now on. What ran is interrupted and can be resumed; what waits
   * for an answer goes on waiting in the log.
   */
  async stop(): Promise<void> {
    this.#stopped = true
    const running = this.#running
    running?.abort.abort(new Error('The daemon is going.'))
    await running?.ended
    this.#expiry.stop()
    await this.#sandbox.close()
  }

  /** Something else than a person answers. */
  #settle(answer: () => void): void {
    if (this.#stopped) return
    try {
      answer()
      this.#next()
    } catch (error) {
      this.#parts.trouble(this.id, error)
    }
  }

  async #read(path: string): Promise<Uint8Array | undefined> {
    const sandbox = await this.#sandbox.get()
    const file = await sandbox.readFile(path, { maxBytes: ordersLimit + 1 })
    return file.type === 'read' && file.size <= ordersLimit ? file.bytes : undefined
  }

  #planned(tool: string, args: string) {
    const plan = planCall(this.#tools, { tool, arguments: args }, this.#place.root)
    return plan.type === 'planned' ? { action: plan.action } : { why: plan.message }
  }

  #task(id: string): Task {
    const task = this.log.state.tasks.find((candidate) => candidate.id === id)
    if (!task) throw taskNotFound(this.id, id)
    return task
  }

  /** Starts the next task where none runs: one whose answer came while nobody ran it, or the oldest queued one. */
  #next(): void {
    if (this.#running || this.#stopped) return
    this.#writeEnd()
    const { tasks } = this.log.state
    const answered = tasks.find((task) => task.state === 'running')
    const waits = tasks.some((task) => task.state === 'waiting')
    const next = answered ?? (waits ? undefined : tasks.find((task) => task.state === 'queued'))
    if (next) this.#start(next, next === answered)
  }

  #start(task: Task, resumed: boolean): void {
    const abort = new AbortController()
    const ended = this.#sandbox
      .use(() => this.#run(task, resumed, abort.signal))
      .catch((error: unknown): LoopEnd => ({ type: 'failed', failure: failureOf(error) }))
      .then(async (end) => {
        if (end.type !== 'completed') await this.#sandbox.killAll()
        this.#unwritten = this.#endOf(task.id, end)
        // Still running until its end is written, so that nobody takes the session for idle in between.
        this.#writeEnd()
      })
      .catch((error: unknown) => this.#parts.trouble(this.id, error))
      .then(() => {
        this.#running = undefined
        if (!this.#unwritten) this.#next()
        this.#onActivity()
      })
    this.#running = { task: task.id, abort, ended }
  }

  async #run(task: Task, resumed: boolean, signal: AbortSignal): Promise<LoopEnd> {
    const { unsandboxed = false } = this.log.state
    const model = await this.#parts.model()
    const started: SessionEvent = {
      type: 'taskStarted',
      task: task.id,
      prompt: task.prompt,
      model: model.name,
      resumed,
    }
    if (task.references) started.references = task.references
    this.log.append(started)
    const sandbox = await this.#sandbox.renewed()
    await this.#changes.checkpoint(task.id, 0)
    const { messages, stepsDone, unfinished } = conversation(this.log.all(), task.id)
    return runTask({
      task: task.id,
      model,
      tools: this.#parts.tools,
      sandbox: () => this.#sandbox.get(),
      root: sandbox.root,
      system: systemPrompt({ root: sandbox.root, skills: [], unsandboxed, ...(await instructionsOf(sandbox)) }),
      messages,
      stepsDone,
      unfinished,
      gate: this.gate,
      beforeWrite: (path, bytes, mode) => this.#rememberBase(path, bytes, mode),
      afterStep: async (step) => {
        await this.#changes.checkpoint(task.id, step)
        await this.#changes.look()
        await this.#sandbox.refresh()
      },
      remember: (step) => this.#changes.checkpoint(task.id, step - 1),
      network: this.#network,
      background: this.#background,
      // As after a crash: what the daemon's end breaks off has no word of its own in the log.
      emit: (event) => {
        if (!this.#stopped) this.log.append(event)
      },
      live: (step, part, text) => this.log.grow(task.id, step, part, text),
      signal,
    })
  }

  #refresh(): void {
    this.#sandbox.use(() => this.#sandbox.refresh()).catch((error: unknown) => this.#parts.trouble(this.id, error))
  }

  async #rememberBase(path: string, bytes: Uint8Array | null, mode: number): Promise<void> {
    const prefix = `${this.#place.root}/`
    if (path.startsWith(prefix)) await this.layer.rememberBase(path.slice(prefix.length), bytes, mode)
  }

  #endOf(task: string, end: LoopEnd): { task: string; end: LoopEnd } | undefined {
    if (!this.#stopped || end.type !== 'cancelled') return { task, end }
    return this.#task(task).state === 'waiting' ? undefined : { task, end: { type: 'failed', failure: interruption } }
  }

  #writeEnd(): void {
    if (!this.#unwritten) return
    const { task, end } = this.#unwritten
    this.gate.withdraw(task)
    if (end.type === 'completed') this.log.append({ type: 'taskCompleted', task })
    else if (end.type === 'cancelled') this.log.append({ type: 'taskCancelled', task, by: this.#cancelledBy })
    else this.log.append({ type: 'taskFailed', task, failure: end.failure })
    this.#unwritten = undefined
  }

  #refuseWhenStopped(): void {
    if (this.#stopped) throw sessionNotFound(this.id)
  }
}

const interruption: Failure = {
  code: 'interrupted',
  message: 'The daemon ended while this task was running.',
  fix: 'Resume it to go on where it was, or retry it from the start.',
}

async function instructionsOf(sandbox: Sandbox): Promise<{ instructions?: string }> {
  const instructions = await projectInstructions(sandbox)
  return instructions ? { instructions } : {}
}

function networkOf({ undecided, rules }: NetworkPolicy, more: readonly NetworkRule[]): NetworkPolicy {
  return more.length > 0 ? { undecided, rules: [...rules, ...more] } : { undecided, rules }
}

function titleOf(prompt: string): string {
  const [line = ''] = prompt.trim().split('\n')
  return line.length > 60 ? `${line.slice(0, 59).trimEnd()}…` : line
}
