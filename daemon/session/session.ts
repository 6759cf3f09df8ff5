import type { DiscardResult, KeepResult, Selection } from '#protocol/change.ts'
import { sessionBusy, taskNotFound, taskNotResumable } from '#protocol/errors.ts'
import type { SessionEvent } from '#protocol/event.ts'
import { isLive } from '#protocol/sessionState.ts'
import type { Failure, Reference, Task, TaskState } from '#protocol/task.ts'
import { conversation } from '../agent/conversation.ts'
import { type LoopEnd, runTask } from '../agent/loop.ts'
import { systemPrompt } from '../agent/prompt/systemPrompt.ts'
import { failureOf } from '../agent/taskFailure.ts'
import type { Layer } from '../layer/layer.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { SessionGate } from './gate.ts'
import type { SessionLog } from './log.ts'
import { newId } from './newId.ts'
import type { Parts } from './parts.ts'
import { projectInstructions } from './projectInstructions.ts'
import { SessionSandbox } from './sessionSandbox.ts'

interface Running {
  readonly task: string
  readonly abort: AbortController
  readonly ended: Promise<void>
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
  readonly #sandbox: SessionSandbox
  #running: Running | undefined
  /** How a task ended where the store could not take it: written as soon as it can. */
  #unwritten: { task: string; end: LoopEnd } | undefined
  #cancelledBy = 'user'
  #stopped = false

  constructor(parts: Parts, log: SessionLog, layer: Layer, onSandbox: () => void) {
    const { folder } = log.state
    this.#parts = parts
    this.log = log
    this.layer = layer
    this.gate = new SessionGate(log, parts.userHome)
    this.#sandbox = new SessionSandbox(parts.sandboxes, layer, parts.homeOf(folder), onSandbox)
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
   * answer goes on waiting; queued ones run, unless what they were to follow was interrupted.
   */
  recover(): void {
    const interrupted = this.log.state.tasks.filter((task) => task.state === 'running')
    for (const { id } of interrupted) this.#end(id, { type: 'failed', failure: interruption })
    if (interrupted.length === 0) this.#next()
  }

  submit(prompt: string, references?: readonly Reference[], submission?: string): string {
    const known = submission && this.log.submitted(submission)
    if (known) return known
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
    const task = this.#task(id)
    if (!isLive(task)) return task.state
    const running = this.#running
    if (running?.task === id) {
      this.#cancelledBy = by
      running.abort.abort(new Error(`Cancelled by ${by}.`))
      await running.ended
    } else {
      this.gate.withdraw(id, 'cancel')
      this.log.append({ type: 'taskCancelled', task: id, by })
      this.#next()
    }
    return this.#task(id).state
  }

  resume(id: string): void {
    const task = this.#task(id)
    if (task.state !== 'failed') throw taskNotResumable(this.id, id, task.state)
    if (this.#running) throw sessionBusy(this.id)
    this.#start(task, true)
  }

  retry(id: string, submission?: string): string {
    const { prompt, references } = this.#task(id)
    return this.submit(prompt, references, submission)
  }

  /** The first answer wins. A task that was waiting since before a restart goes on. */
  answer(approval: string, outcome: Parameters<SessionGate['answer']>[1], by: string): void {
    this.gate.answer(approval, outcome, by)
    this.#next()
  }

  async keep(
    selections: readonly Selection[] | 'all',
    by: string,
    overwrite?: { path: string; user: string },
  ): Promise<KeepResult[]> {
    const results = await this.layer.keep(selections, overwrite)
    this.#record('changeKept', 'kept', selections, results, by)
    await this.#lookAtChanges()
    return results
  }

  async discard(selections: readonly Selection[] | 'all', by: string): Promise<DiscardResult[]> {
    return this.#sandbox.use(async () => {
      const results = await this.layer.discard(selections, await this.#sandbox.get())
      this.#record('changeDiscarded', 'discarded', selections, results, by)
      await this.#lookAtChanges()
      return results
    })
  }

  /** Ends what runs, without a word of the user's: the task can be resumed. */
  async stop(): Promise<void> {
    this.#stopped = true
    const running = this.#running
    running?.abort.abort(new Error('The daemon is going.'))
    await running?.ended
    await this.#sandbox.close()
  }

  #task(id: string): Task {
    const task = this.log.state.tasks.find((candidate) => candidate.id === id)
    if (!task) throw taskNotFound(this.id, id)
    return task
  }

  /** Starts the next task where none runs: one whose answer came while nobody ran it, or the oldest queued one. */
  #next(): void {
    if (this.#running || this.#stopped) return
    if (this.#unwritten) this.#end(this.#unwritten.task, this.#unwritten.end)
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
        const stopped = this.#stopped && end.type === 'cancelled'
        this.#unwritten = { task: task.id, end: stopped ? { type: 'failed', failure: interruption } : end }
        this.#running = undefined
        this.#end(task.id, this.#unwritten.end)
        this.#next()
      })
      .catch((error: unknown) => {
        this.#running = undefined
        this.#parts.trouble(this.id, error)
      })
    this.#running = { task: task.id, abort, ended }
  }

  async #run(task: Task, resumed: boolean, signal: AbortSignal): Promise<LoopEnd> {
    const { folder } = this.log.state
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
    // Nothing runs inside between tasks that would be missed: the new task sees the user's folder as it is now.
    await this.#sandbox.close()
    const sandbox = await this.#sandbox.get()
    const { messages, stepsDone, unfinished } = conversation(this.log.all(), task.id)
    return runTask({
      task: task.id,
      model,
      tools: this.#parts.tools,
      sandbox: () => this.#sandbox.get(),
      root: folder,
      system: systemPrompt({ root: folder, skills: [], ...(await instructionsOf(sandbox)) }),
      messages,
      stepsDone,
      unfinished,
      gate: this.gate,
      beforeWrite: (path, bytes, mode) => this.#rememberBase(path, bytes, mode),
      afterStep: () => this.#lookAtChanges(),
      emit: (event) => this.log.append(event),
      live: (step, part, text) => this.log.grow(task.id, step, part, text),
      signal,
    })
  }

  async #rememberBase(path: string, bytes: Uint8Array | null, mode: number): Promise<void> {
    const prefix = `${this.log.state.folder}/`
    if (path.startsWith(prefix)) await this.layer.rememberBase(path.slice(prefix.length), bytes, mode)
  }

  async #lookAtChanges(): Promise<void> {
    const before = this.log.state.changes.revision
    const changes = await this.layer.changes()
    const { revision } = this.layer
    if (revision === before || (changes.length === 0 && this.log.state.changes.files === 0)) return
    const sum = (key: 'additions' | 'deletions') => changes.reduce((total, change) => total + change[key], 0)
    const additions = sum('additions')
    const deletions = sum('deletions')
    const paths = changes.slice(0, 50).map(({ path }) => path)
    this.log.append({ type: 'changesChanged', revision, files: changes.length, additions, deletions, paths })
  }

  #record(
    type: 'changeKept' | 'changeDiscarded',
    success: string,
    selections: readonly Selection[] | 'all',
    results: readonly { type: string; path: string }[],
    by: string,
  ): void {
    const hunks = new Map(selections === 'all' ? [] : selections.map((selection) => [selection.path, selection.hunks]))
    const events = results
      .filter((result) => result.type === success)
      .map(({ path }): SessionEvent => {
        const count = hunks.get(path)?.length
        return count === undefined ? { type, path, by } : { type, path, by, hunks: count }
      })
    if (events.length > 0) this.log.append(...events)
  }

  #end(task: string, end: LoopEnd): void {
    this.gate.withdraw(task, 'cancel')
    if (end.type === 'completed') this.log.append({ type: 'taskCompleted', task })
    else if (end.type === 'cancelled') this.log.append({ type: 'taskCancelled', task, by: this.#cancelledBy })
    else this.log.append({ type: 'taskFailed', task, failure: end.failure })
    this.#unwritten = undefined
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

function titleOf(prompt: string): string {
  const [line = ''] = prompt.trim().split('\n')
  return line.length > 60 ? `${line.slice(0, 59).trimEnd()}…` : line
}
