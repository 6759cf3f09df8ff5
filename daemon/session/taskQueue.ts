import { sessionBusy, sessionNotFound, taskNotFound, taskNotResumable } from '#protocol/errors.ts'
import type { SessionEvent } from '#protocol/event.ts'
import { isLive } from '#protocol/sessionState.ts'
import type { Failure, Reference, Task, TaskState } from '#protocol/task.ts'
import type { LoopEnd } from '../agent/loop.ts'
import { failureOf } from '../agent/taskFailure.ts'
import type { SessionLog } from './log.ts'
import { newId } from './newId.ts'

export interface TaskQueueParts {
  readonly log: SessionLog
  /** Works on a task until it ends. Whatever it rejects with is how the task failed. */
  readonly run: (task: Task, resumed: boolean, signal: AbortSignal) => Promise<LoopEnd>
  /** Nobody waits for what a task still asks. */
  readonly withdraw: (task: string) => void
  /** A task began or ended. */
  readonly onActivity: () => void
  readonly trouble: (error: unknown) => void
}

interface Running {
  readonly task: string
  readonly abort: AbortController
  readonly ended: Promise<void>
}

/** The tasks of one session: one at work at a time, the others in the order in which they were submitted. */
export class TaskQueue {
  readonly #parts: TaskQueueParts
  readonly #log: SessionLog
  #running: Running | undefined
  /** How a task ended where the store could not take it: written as soon as it can. */
  #unwritten: { task: string; end: LoopEnd } | undefined
  #cancelledBy = 'user'
  #stopped = false

  constructor(parts: TaskQueueParts) {
    this.#parts = parts
    this.#log = parts.log
  }

  /** The task at work. */
  get running(): string | undefined {
    return this.#running?.task
  }

  get stopped(): boolean {
    return this.#stopped
  }

  refuseWhenStopped(): void {
    if (this.#stopped) throw sessionNotFound(this.#log.id)
  }

  /** A task that was running when the daemon went is told so; one that waits for its answer goes on waiting. */
  recover(): void {
    for (const { id, state } of this.#log.state.tasks) {
      if (state !== 'running') continue
      this.#unwritten = { task: id, end: { type: 'failed', failure: interruption } }
      this.#writeEnd()
    }
  }

  /** Starts what is queued, unless what it was to follow was interrupted: that is for the user to say. */
  goOn(): void {
    const ended = this.#log.state.tasks.findLast((task) => task.startedAt !== undefined && !isLive(task))
    if (ended?.failure?.code !== 'interrupted') this.next()
  }

  submit(prompt: string, references?: readonly Reference[], submission?: string): string {
    this.refuseWhenStopped()
    const known = submission && this.#log.submitted(submission)
    if (known) {
      this.next()
      return known
    }
    const task = newId('t')
    const event: SessionEvent = { type: 'taskSubmitted', task, prompt }
    if (references?.length) event.references = [...references]
    if (submission) event.submission = submission
    const named = this.#log.state.title !== '' || this.#log.state.tasks.length > 0
    this.#log.append(event, ...(named ? [] : [{ type: 'sessionRenamed', title: titleOf(prompt) } as const]))
    this.next()
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
      this.#parts.withdraw(id)
      this.#log.append({ type: 'taskCancelled', task: id, by })
      this.next()
    }
    return this.#task(id).state
  }

  resume(id: string): void {
    this.refuseWhenStopped()
    const task = this.#task(id)
    if (task.state !== 'failed') throw taskNotResumable(this.#log.id, id, task.state)
    if (this.#running) throw sessionBusy(this.#log.id)
    this.#start(task, true)
  }

  retry(id: string, submission?: string): string {
    const { prompt, references } = this.#task(id)
    return this.submit(prompt, references, submission)
  }

  /** Starts the next task where none runs: one whose answer came while nobody ran it, or the oldest queued one. */
  next(): void {
    if (this.#running || this.#stopped) return
    this.#writeEnd()
    const { tasks } = this.#log.state
    const answered = tasks.find((task) => task.state === 'running')
    const waits = tasks.some((task) => task.state === 'waiting')
    const next = answered ?? (waits ? undefined : tasks.find((task) => task.state === 'queued'))
    if (next) this.#start(next, next === answered)
  }

  /** Ends what runs, for good, and starts nothing more. What ran is interrupted and can be resumed. */
  async stop(): Promise<void> {
    this.#stopped = true
    const running = this.#running
    running?.abort.abort(new Error('The daemon is going.'))
    await running?.ended
  }

  #task(id: string): Task {
    const task = this.#log.state.tasks.find((candidate) => candidate.id === id)
    if (!task) throw taskNotFound(this.#log.id, id)
    return task
  }

  #start(task: Task, resumed: boolean): void {
    const abort = new AbortController()
    const run = async () => this.#parts.run(task, resumed, abort.signal)
    const ended = run()
      .catch((error: unknown): LoopEnd => ({ type: 'failed', failure: failureOf(error) }))
      .then((end) => {
        this.#unwritten = this.#endOf(task.id, end)
        // Still running until its end is written, so that nobody takes the session for idle in between.
        this.#writeEnd()
      })
      .catch((error: unknown) => this.#parts.trouble(error))
      .then(() => {
        this.#running = undefined
        if (!this.#unwritten) this.next()
        this.#parts.onActivity()
      })
    this.#running = { task: task.id, abort, ended }
  }

  #endOf(task: string, end: LoopEnd): { task: string; end: LoopEnd } | undefined {
    if (!this.#stopped || end.type !== 'cancelled') return { task, end }
    return this.#task(task).state === 'waiting' ? undefined : { task, end: { type: 'failed', failure: interruption } }
  }

  #writeEnd(): void {
    if (!this.#unwritten) return
    const { task, end } = this.#unwritten
    this.#parts.withdraw(task)
    if (end.type === 'completed') this.#log.append({ type: 'taskCompleted', task })
    else if (end.type === 'cancelled') this.#log.append({ type: 'taskCancelled', task, by: this.#cancelledBy })
    else this.#log.append({ type: 'taskFailed', task, failure: end.failure })
    this.#unwritten = undefined
  }
}

const interruption: Failure = {
  code: 'interrupted',
  message: 'The daemon ended while this task was running.',
  fix: 'Resume it to go on where it was, or retry it from the start.',
}

function titleOf(prompt: string): string {
  const [line = ''] = prompt.trim().split('\n')
  return line.length > 60 ? `${line.slice(0, 59).trimEnd()}…` : line
}
