import type { Approval, Outcome } from '#protocol/approval.ts'
import { approvalAlreadyAnswered, approvalNotFound } from '#protocol/errors.ts'
import type { LoggedEvent } from '#protocol/event.ts'
import type { SessionLog } from './log.ts'
import { newId } from './newId.ts'

/** Who answers for a task that was ended. */
export const withdrawn = 'cancel'

export interface Answer {
  readonly outcome: Outcome
  readonly by: string
}

export type Question = Omit<Approval, 'id' | 'session' | 'askedAt'>

/**
 * The questions of one session and their answers, as the log has them: rebuilt from it, so that both survive the daemon.
 * Each has one recorded outcome; whoever waits for it is told once it is on disk.
 */
export class Approvals {
  readonly #log: SessionLog
  /** By id; earlier ones of this session included. */
  readonly #asked = new Map<string, Approval>()
  /** By task, oldest first. */
  readonly #ofTask = new Map<string, Approval[]>()
  readonly #answers = new Map<string, Answer>()
  readonly #waiting = new Map<string, Set<(answer: Answer) => void>>()
  readonly #onAnswer: (asked: Approval, answer: Answer) => void
  readonly #onPending: () => void

  /**
   * `onAnswer`: told of every answer in the log, those of earlier daemons first, before anybody who waits for it.
   * `onPending`: what waits for an answer is no longer the same.
   */
  constructor(log: SessionLog, onAnswer: (asked: Approval, answer: Answer) => void, onPending: () => void) {
    this.#log = log
    this.#onAnswer = onAnswer
    this.#onPending = onPending
    for (const { event } of log.approvals()) this.#recall(event)
  }

  /** Those that nobody answered yet. */
  get pending(): readonly Approval[] {
    return this.#log.state.approvals
  }

  ask(question: Question): Approval {
    const approval: Approval = { ...question, id: newId('a'), session: this.#log.id, askedAt: Date.now() }
    this.#log.append({ type: 'approvalAsked', approval })
    this.#recall({ type: 'approvalAsked', approval })
    this.#onPending()
    return approval
  }

  /** The first answer wins; what `by` names is recorded. Throws for an unknown or already answered approval. */
  answer(id: string, outcome: Outcome, by: string): void {
    const { task } = this.open(id)
    // Before anything is allowed by it: what cannot be recorded was not said.
    this.#log.append({ type: 'approvalAnswered', approval: id, task, outcome, by })
    this.#recall({ type: 'approvalAnswered', approval: id, task, outcome, by })
    for (const tell of this.#waiting.get(id) ?? []) tell({ outcome, by })
    this.#waiting.delete(id)
    this.#onPending()
  }

  /** A question that can still be answered. Throws where it cannot. */
  open(id: string): Approval {
    const asked = this.#asked.get(id)
    if (!asked) throw approvalNotFound(id)
    const earlier = this.#answers.get(id)
    if (earlier) throw approvalAlreadyAnswered(id, earlier.outcome.type, earlier.by)
    return asked
  }

  asked(id: string): Approval | undefined {
    return this.#asked.get(id)
  }

  /** Oldest first. */
  ofTask(task: string): readonly Approval[] {
    return this.#ofTask.get(task) ?? []
  }

  answerTo(id: string): Answer | undefined {
    return this.#answers.get(id)
  }

  /** The answer, when there is one. Rejects with the signal's reason; the question stays. */
  async settled(id: string, signal: AbortSignal): Promise<Answer> {
    return this.#answers.get(id) ?? this.#wait(id, signal)
  }

  #wait(id: string, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(id) ?? new Set()
      const tell = (answer: Answer) => {
        signal.removeEventListener('abort', onAbort)
        resolve(answer)
      }
      const onAbort = () => {
        waiting.delete(tell)
        reject(signal.reason)
      }
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.set(id, waiting.add(tell))
    })
  }

  #recall(event: LoggedEvent['event']): void {
    if (event.type === 'approvalAsked') {
      const { approval } = event
      this.#asked.set(approval.id, approval)
      const ofTask = this.#ofTask.get(approval.task)
      if (ofTask) ofTask.push(approval)
      else this.#ofTask.set(approval.task, [approval])
    } else if (event.type === 'approvalAnswered') {
      const answer = { outcome: event.outcome, by: event.by }
      this.#answers.set(event.approval, answer)
      const asked = this.#asked.get(event.approval)
      if (asked) this.#onAnswer(asked, answer)
    }
  }
}
