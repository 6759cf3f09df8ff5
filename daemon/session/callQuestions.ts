import type { Approval } from '#protocol/approval.ts'
import type { GateCall } from '../agent/gate.ts'
import { type Approvals, withdrawn } from './approvals.ts'

/** Which questions of a session speak for which of its calls. */
export class CallQuestions {
  readonly #approvals: Approvals
  /** Those whose answer was given to a call, and its step: no other call gets it; that one may not have begun and come again. */
  readonly #given = new Map<string, number>()
  /** Those whose answer is worth nothing: a file that it depended on changed, or rules did once more. */
  readonly #moved = new Set<string>()

  constructor(approvals: Approvals) {
    this.#approvals = approvals
  }

  /** The question that was asked for just this call and these bytes, answered or not; undefined where it has to be asked. */
  find(call: GateCall, hash: string): Approval | undefined {
    return this.#approvals.ofTask(call.task).find(({ id, ...asked }) => {
      const isSame = asked.call === call.call && asked.hash === hash
      const isMine = (this.#given.get(id) ?? call.step) === call.step
      // What was withdrawn was nobody's answer.
      return isSame && isMine && this.#approvals.answerTo(id)?.by !== withdrawn && !this.#moved.has(id)
    })
  }

  /** Its answer is that call's. */
  give({ id }: Approval, { step }: GateCall): void {
    this.#given.set(id, step)
  }

  /** What it was about is another by now: the call is asked about anew. */
  drop({ id }: Approval): void {
    this.#moved.add(id)
  }
}
