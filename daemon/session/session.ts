import type { Outcome } from '#protocol/approval.ts'
import type { DiscardResult, KeepAnswers, KeepResult, Selection } from '#protocol/change.ts'
import type { Checkpoint, RewindResult } from '#protocol/checkpoint.ts'
import { checkpointNotFound, sandboxUnavailable, sessionBusy } from '#protocol/errors.ts'
import type { NetworkPolicy, NetworkRule } from '#protocol/network.ts'
import type { Mode } from '#protocol/policy.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import { isLive } from '#protocol/sessionState.ts'
import { BackgroundProcesses } from '../agent/background.ts'
import { planCall, toolsByName } from '../agent/planCall.ts'
import type { Judge } from '../approval/judge.ts'
import type { Layer } from '../layer/layer.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { Expiry } from './expiry.ts'
import { fileHash } from './fileHash.ts'
import { SessionGate } from './gate.ts'
import type { SessionLog } from './log.ts'
import type { Parts } from './parts.ts'
import { SessionChanges } from './sessionChanges.ts'
import { SessionNetwork } from './sessionNetwork.ts'
import { SessionSandbox } from './sessionSandbox.ts'
import { TaskQueue } from './taskQueue.ts'
import { type TaskWork, workOnTask } from './taskWork.ts'

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
  readonly tasks: TaskQueue
  readonly #parts: Parts
  readonly #tools: ReturnType<typeof toolsByName>
  readonly #sandbox: SessionSandbox
  readonly #changes: SessionChanges
  readonly #network: SessionNetwork
  readonly #work: TaskWork
  readonly #expiry: Expiry
  /** As it was last opened. */
  #place: Pick<Sandbox, 'root' | 'home'>

  constructor(parts: Parts, { log, layer, judge, onActivity }: SessionParams) {
    const { folder, unsandboxed = false, approvals } = log.state
    this.#parts = parts
    this.#tools = toolsByName(parts.tools)
    // Questions of an earlier daemon name it as it was then.
    const { root = folder } = approvals.find((asked) => asked.root !== undefined) ?? {}
    this.#place = { root, home: parts.userHome }
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
      hash: async (path) => fileHash(await this.#sandbox.get(), path),
      plan: (tool, args) => this.#planned(tool, args),
      network: () => workspace.policy,
      onPending: () => this.#expiry.arm(),
      trouble,
    })
    this.#expiry.arm()
    this.tasks = new TaskQueue({
      log,
      run: (task, resumed, signal) => workOnTask(this.#work, task, resumed, signal),
      withdraw: (task) => this.gate.withdraw(task),
      onActivity,
      trouble,
    })
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
    this.#changes = new SessionChanges(log, layer, trouble)
    this.#work = {
      log,
      layer,
      model: parts.model,
      tools: parts.tools,
      skills: parts.skills,
      gate: this.gate,
      sandbox: this.#sandbox,
      changes: this.#changes,
      network: this.#network,
      background: new BackgroundProcesses((count) => this.#sandbox.holdFor(count)),
      stopped: () => this.tasks.stopped,
    }
  }

  get id(): string {
    return this.log.id
  }

  get runningTask(): string | undefined {
    return this.tasks.running
  }

  get sandboxOpen(): boolean {
    return this.#sandbox.isOpen
  }

  /** Nothing of it is at work, asked or watched (but by the list of sessions): it can be loaded again at any time. */
  get atRest(): boolean {
    return !this.runningTask && !this.#sandbox.isOpen && !this.log.state.tasks.some(isLive) && this.log.watchers <= 1
  }

  /** To be called once after loading. Nothing is started here. */
  recover(): void {
    // The commands that wanted these hosts went with the daemon.
    for (const { id } of this.log.state.tasks) this.gate.hosts.withdraw(id)
    this.tasks.recover()
  }

  /** The first answer wins. A task that was waiting since before a restart goes on; one that is aborted ends. */
  async answer(approval: string, outcome: Outcome, by: string): Promise<void> {
    this.tasks.refuseWhenStopped()
    const asked = this.log.state.approvals.find(({ id }) => id === approval)
    this.gate.answer(approval, outcome, by)
    if (outcome.type === 'abort' && asked) await this.tasks.cancel(asked.task, by)
    else this.tasks.next()
  }

  /** How what no rule decides is treated from now on. What waits for a person and no longer needs one is settled. */
  setMode(mode: Mode, by: string): void {
    this.tasks.refuseWhenStopped()
    if (mode !== this.gate.standing.mode) this.log.append({ type: 'modeChanged', mode, by })
    this.reconsider()
  }

  /** Rules changed. */
  reconsider(): void {
    this.#settle(() => this.gate.reconsider())
    this.#network.port.reconsider()
  }

  async keep(selections: readonly Selection[] | 'all', by: string, answers?: KeepAnswers): Promise<KeepResult[]> {
    this.tasks.refuseWhenStopped()
    return this.#parts.keeps.run(this.layer.folder, () => this.#changes.keep(selections, by, answers))
  }

  async discard(selections: readonly Selection[] | 'all', by: string): Promise<DiscardResult[]> {
    this.tasks.refuseWhenStopped()
    return this.useSandbox((sandbox) => this.#changes.discard(selections, by, this.#sandbox.layerFiles(sandbox)))
  }

  checkpoints(): Checkpoint[] {
    return this.#changes.checkpoints()
  }

  /** Refused while a task is at work or waits for an answer: it would go on from files that are no longer there. */
  async rewind(checkpoint: string, by: string): Promise<RewindResult> {
    this.tasks.refuseWhenStopped()
    const waits = this.log.state.tasks.some(({ state }) => state === 'waiting')
    if (this.runningTask || waits) throw sessionBusy(this.id)
    if (!this.layer.checkpoints().includes(checkpoint)) throw checkpointNotFound(this.id, checkpoint)
    return this.useSandbox((sandbox) => this.#changes.rewind(checkpoint, by, this.#sandbox.layerFiles(sandbox)))
  }

  /**
   * Runs `work` with the session's sandbox, opened (as one of this kind) where it is not, and kept open for so long. What the
   * user saved before shows in it, where nothing inside is in the way of that.
   */
  useSandbox<T>(work: (sandbox: Sandbox) => Promise<T>, kind?: SandboxKind): Promise<T> {
    this.tasks.refuseWhenStopped()
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
    if (!this.runningTask) this.#refresh()
  }

  /**
   * Ends what runs, for good, and refuses everything from now on. What ran is interrupted and can be resumed; what waits
   * for an answer goes on waiting in the log.
   */
  async stop(): Promise<void> {
    await this.tasks.stop()
    this.#expiry.stop()
    await this.#sandbox.close()
  }

  /** Something else than a person answers. */
  #settle(answer: () => void): void {
    if (this.tasks.stopped) return
    try {
      answer()
      this.tasks.next()
    } catch (error) {
      this.#parts.trouble(this.id, error)
    }
  }

  #planned(tool: string, args: string) {
    const plan = planCall(this.#tools, { tool, arguments: args }, this.#place.root)
    return plan.type === 'planned' ? { action: plan.action } : { why: plan.message }
  }

  #refresh(): void {
    this.#sandbox.use(() => this.#sandbox.refresh()).catch((error: unknown) => this.#parts.trouble(this.id, error))
  }
}

function networkOf({ undecided, rules }: NetworkPolicy, more: readonly NetworkRule[]): NetworkPolicy {
  return more.length > 0 ? { undecided, rules: [...rules, ...more] } : { undecided, rules }
}
