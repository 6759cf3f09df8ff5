import type { Action, Approval, Outcome } from '#protocol/approval.ts'
import type { GateCall } from '../agent/gate.ts'
import { type Approvals, withdrawn } from './approvals.ts'

/** The call of connections that nobody knows the command of. */
export const unknownCall = ''
/** A program that wants every host there is must fill neither the log nor anybody's list of questions. */
const hostsPending = 30
const hostsAskedPerTask = 300

type Connect = Extract<Action, { type: 'connect' }>

/** A host that a command wants, and the call that the command belongs to. */
export interface HostCall extends Pick<GateCall, 'task' | 'step' | 'call'> {
  readonly host: string
  readonly port: number
  readonly command: string
}

/** Questions about hosts that commands want while they run. */
export class HostQuestions {
  readonly #approvals: Approvals
  readonly #ask: (call: GateCall) => Approval | 'allow' | 'deny'
  readonly #isDenied: (action: Connect) => boolean
  /** Approvals whose answer nobody got yet. Those of earlier daemons are none: who waited for them went with these. */
  readonly #unspent = new Set<string>()

  /** `ask`: decides, and asks where nothing else decides. `isDenied`: what is in force now forbids it. */
  constructor(
    approvals: Approvals,
    ask: (call: GateCall) => Approval | 'allow' | 'deny',
    isDenied: (action: Connect) => boolean,
  ) {
    this.#approvals = approvals
    this.#ask = ask
    this.#isDenied = isDenied
  }

  /**
   * Asks about a host for a command under way. All its connections there share one question, what was denied stays so for
   * the task, and what was allowed once is allowed to that call, or where that is not known, to who waited for it. Rejects
   * with the signal's reason, and the question stays; or where too much is asked already.
   */
  async ask(wanted: HostCall, signal: AbortSignal): Promise<'allow' | 'deny'> {
    const { host, port, command, ...call } = wanted
    const action: Connect = { type: 'connect', host, port, command }
    const known = this.#find(wanted)
    if (!known && this.#asksTooMuch(call.task)) throw new Error('Too many hosts are asked about already.')
    const asked = known ?? this.#ask({ ...call, tool: 'network', arguments: '', action })
    if (typeof asked === 'string') return asked
    if (!known) this.#unspent.add(asked.id)
    const { outcome } = await this.#approvals.settled(asked.id, signal)
    this.#unspent.delete(asked.id)
    // Rules or mode may have changed since, and a deny beats every answer.
    return allows(outcome) && !this.#isDenied(action) ? 'allow' : 'deny'
  }

  /** Those of a task, or of one of its calls, that wait for an answer. */
  pending(task: string, call?: string): Approval[] {
    return this.#approvals.pending.filter(
      (asked) => asked.action.type === 'connect' && asked.task === task && (call === undefined || asked.call === call),
    )
  }

  /** Nobody waits for these answers any more. */
  withdraw(task: string, call?: string): void {
    const outcome = { type: 'deny', guidance: 'The command that wanted it has ended.' } as const
    for (const { id } of this.pending(task, call)) this.#approvals.answer(id, outcome, withdrawn)
  }

  #find({ task, call, host, port }: HostCall): Approval | undefined {
    for (const asked of this.#ofTask(task).toReversed()) {
      const { action } = asked
      if (action.type !== 'connect' || action.host !== host || action.port !== port) continue
      const answer = this.#approvals.answerTo(asked.id)
      // Nobody's answer; and what rules said is for them to say again.
      if (answer?.by === withdrawn || answer?.by === 'policy') continue
      if (answer && !allows(answer.outcome)) return asked
      // Other programs of nobody's were not the ones that this was allowed to.
      const isSpent = call === unknownCall && !this.#unspent.has(asked.id)
      if (asked.call === call && !isSpent) return asked
    }
    return undefined
  }

  #asksTooMuch(task: string): boolean {
    return this.#ofTask(task).length >= hostsAskedPerTask || this.pending(task).length >= hostsPending
  }

  #ofTask(task: string): Approval[] {
    return this.#approvals.ofTask(task).filter(({ action }) => action.type === 'connect')
  }
}

export function allows(outcome: Outcome): outcome is Exclude<Outcome, { type: 'deny' | 'abort' }> {
  return outcome.type !== 'deny' && outcome.type !== 'abort'
}
