import type { Action, Approval, Decision, Outcome } from '#protocol/approval.ts'
import { approvalAlreadyAnswered, approvalNotFound, invalidParams } from '#protocol/errors.ts'
import type { LoggedEvent } from '#protocol/event.ts'
import type { NetworkRule } from '#protocol/network.ts'
import type { Gate, GateCall, GateResult } from '../agent/loop.ts'
import { actionHash } from '../approval/actionHash.ts'
import { decide, type PolicyContext } from '../approval/policy.ts'
import type { SessionLog } from './log.ts'
import { newId } from './newId.ts'

/** Who answers for a task that was ended. */
const withdrawn = 'cancel'

const none: ReadonlySet<string> = new Set()

/** The call of connections that nobody knows the command of. */
export const unknownCall = ''
/** A program that wants every host there is must fill neither the log nor anybody's list of questions. */
const hostsPending = 30
const hostsAskedPerTask = 300

const onlyForHosts = invalidParams('approval/answer', [
  { path: 'outcome', message: 'only a host can be allowed for the workspace' },
])

/** A host that a command wants, and the call that the command belongs to. */
export interface HostCall extends Pick<GateCall, 'task' | 'step' | 'call'> {
  readonly host: string
  readonly port: number
  readonly command: string
}

/** Where calls run. */
type GatePlace = Pick<PolicyContext, 'root' | 'home' | 'sandboxed'>

interface Answer {
  readonly outcome: Outcome
  readonly by: string
}

/**
 * Policy first; where that says ask, a question in the log and exactly one recorded outcome. Questions and grants are
 * rebuilt from the log, so that both survive the daemon: a call that is asked again after a restart finds its question
 * or its answer by call id and hash, and is asked anew where the bytes differ.
 */
export class SessionGate implements Gate {
  readonly #log: SessionLog
  readonly #place: () => GatePlace
  readonly #grants = new Set<string>()
  /** By approval id; answers of this session's earlier approvals included. */
  readonly #asked = new Map<string, Approval>()
  readonly #answers = new Map<string, Answer>()
  /** By task, oldest first: so many at most as one task may ask. */
  readonly #hostsAsked = new Map<string, Approval[]>()
  /** Approvals whose answer was given to a call, and its step: no other call gets it; that one may not have begun and come again. */
  readonly #used = new Map<string, number>()
  readonly #waiting = new Map<string, Set<(answer: Answer) => void>>()
  readonly #hostRules: NetworkRule[] = []
  readonly #allowInWorkspace: (rule: NetworkRule) => void

  constructor(log: SessionLog, place: () => GatePlace, allowInWorkspace: (rule: NetworkRule) => void) {
    this.#log = log
    this.#place = place
    this.#allowInWorkspace = allowInWorkspace
    for (const { event } of log.approvals()) this.#recall(event)
  }

  async pass(call: GateCall, signal: AbortSignal): Promise<GateResult> {
    const hash = actionHash(call.tool, call.action)
    const decision = decide(call.action, { ...this.#place(), tool: call.tool, grants: this.#grants })
    if (decision.verdict === 'allow') return { type: 'allowed', decision }
    if (decision.verdict === 'deny') return { type: 'denied', decision, guidance: decision.reason }
    const approval = this.#find(call, hash) ?? this.#ask(call, hash, decision)
    const answer = this.#answers.get(approval.id) ?? (await this.#wait(approval.id, signal))
    this.#used.set(approval.id, call.step)
    return resultOf(answer, decision)
  }

  /**
   * Asks about a host for a command under way. All its connections there share one question, what was denied stays so for
   * the task, and what was allowed once is allowed to that call, or where that is not known, to who waited for it. Rejects
   * with the signal's reason, and the question stays; or where too much is asked already.
   */
  async askHost(wanted: HostCall, signal: AbortSignal): Promise<'allow' | 'deny'> {
    const { host, port, command, ...call } = wanted
    const action: Action = { type: 'connect', host, port, command }
    const known = this.#findHost(wanted)
    if (!known && this.#asksTooMuch(call.task)) throw new Error('Too many hosts are asked about already.')
    const approval = known ?? this.#askAbout({ ...call, tool: 'network', arguments: '', action })
    const { outcome } = this.#answers.get(approval.id) ?? (await this.#wait(approval.id, signal))
    this.#used.set(approval.id, call.step)
    return outcome.type === 'deny' ? 'deny' : 'allow'
  }

  /** Whether that call waits for an answer about a host. */
  asksHosts(task: string, call: string): boolean {
    return this.#pendingHosts(task, call).length > 0
  }

  /** Nobody waits for these answers any more. */
  withdrawHosts(task: string, call?: string): void {
    const outcome = { type: 'deny', guidance: 'The command that wanted it has ended.' } as const
    for (const { id } of this.#pendingHosts(task, call)) this.answer(id, outcome, withdrawn)
  }

  /** Hosts that were allowed for the session. */
  hostRules(): NetworkRule[] {
    return this.#hostRules
  }

  /** The first answer wins; what `by` names is recorded. Throws for an unknown or already answered approval. */
  answer(approval: string, outcome: Outcome, by: string): void {
    const asked = this.#asked.get(approval)
    if (!asked) throw approvalNotFound(approval)
    const earlier = this.#answers.get(approval)
    if (earlier) throw approvalAlreadyAnswered(approval, earlier.outcome.type, earlier.by)
    const { action } = asked
    if (outcome.type === 'allowForWorkspace' && action.type !== 'connect') throw onlyForHosts
    // Before anything is allowed by it: what cannot be recorded was not said.
    this.#log.append({ type: 'approvalAnswered', approval, task: asked.task, outcome, by })
    this.#recall({ type: 'approvalAnswered', approval, task: asked.task, outcome, by })
    if (outcome.type === 'allowForWorkspace' && action.type === 'connect') this.#allowInWorkspace(ruleFor(action))
    for (const tell of this.#waiting.get(approval) ?? []) tell({ outcome, by })
    this.#waiting.delete(approval)
  }

  has(approval: string): boolean {
    return this.#asked.has(approval)
  }

  /** Settles what a cancelled or failed task still asks: nothing of it can be allowed any more. */
  withdraw(task: string): void {
    for (const { id, task: owner } of this.#log.state.approvals) {
      if (owner === task) this.answer(id, { type: 'deny', guidance: 'The task was ended.' }, withdrawn)
    }
  }

  #pendingHosts(task: string, call?: string): Approval[] {
    return this.#log.state.approvals.filter(
      (asked) => asked.action.type === 'connect' && asked.task === task && (call === undefined || asked.call === call),
    )
  }

  #findHost({ task, call, host, port }: HostCall): Approval | undefined {
    for (const asked of this.#hostsAsked.get(task)?.toReversed() ?? []) {
      const { action } = asked
      if (action.type !== 'connect' || action.host !== host || action.port !== port) continue
      const answer = this.#answers.get(asked.id)
      if (answer?.by === withdrawn) continue
      if (answer?.outcome.type === 'deny') return asked
      // Other programs of nobody's were not the ones that this was allowed to.
      const isSpent = call === unknownCall && this.#used.has(asked.id)
      if (asked.call === call && !isSpent) return asked
    }
    return undefined
  }

  #asksTooMuch(task: string): boolean {
    const asked = this.#hostsAsked.get(task)?.length ?? 0
    return asked >= hostsAskedPerTask || this.#pendingHosts(task).length >= hostsPending
  }

  #askAbout(call: GateCall): Approval {
    const hash = actionHash(call.tool, call.action)
    return this.#ask(call, hash, decide(call.action, { ...this.#place(), tool: call.tool, grants: none }))
  }

  #ask(call: GateCall, hash: string, { risk, reason }: Decision): Approval {
    const { task, call: id, tool, action, claim } = call
    const approval: Approval = {
      id: newId('a'),
      session: this.#log.id,
      task,
      call: id,
      tool,
      action,
      hash,
      risk,
      reason,
      askedAt: Date.now(),
    }
    if (claim) approval.claim = claim
    this.#log.append({ type: 'approvalAsked', approval })
    this.#recall({ type: 'approvalAsked', approval })
    return approval
  }

  #find(call: GateCall, hash: string): Approval | undefined {
    for (const asked of this.#asked.values()) {
      const isSame = asked.task === call.task && asked.call === call.call && asked.hash === hash
      const isMine = (this.#used.get(asked.id) ?? call.step) === call.step
      // What was withdrawn was nobody's answer.
      if (isSame && isMine && this.#answers.get(asked.id)?.by !== withdrawn) return asked
    }
    return undefined
  }

  #wait(approval: string, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(approval) ?? new Set()
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
      this.#waiting.set(approval, waiting.add(tell))
    })
  }

  #recallQuestion(approval: Approval): void {
    this.#asked.set(approval.id, approval)
    if (approval.action.type !== 'connect') return
    const asked = this.#hostsAsked.get(approval.task)
    if (asked) asked.push(approval)
    else this.#hostsAsked.set(approval.task, [approval])
  }

  #recall(event: LoggedEvent['event']): void {
    if (event.type === 'approvalAsked') this.#recallQuestion(event.approval)
    if (event.type !== 'approvalAnswered') return
    this.#answers.set(event.approval, { outcome: event.outcome, by: event.by })
    const asked = this.#asked.get(event.approval)
    if (event.outcome.type !== 'allowForSession' || !asked) return
    if (asked.action.type === 'connect') this.#hostRules.push(ruleFor(asked.action))
    else this.#grants.add(asked.hash)
  }
}

function ruleFor({ host, port }: { host: string; port: number }): NetworkRule {
  return { verdict: 'allow', host, ports: [port] }
}

function resultOf({ outcome, by }: Answer, decision: Decision): GateResult {
  if (outcome.type !== 'deny') {
    const rule = outcome.type === 'allowOnce' ? 'allowed-once' : 'allowed-for-session'
    return { type: 'allowed', decision: { ...decision, verdict: 'allow', rule, reason: `Allowed by ${by}.` } }
  }
  const guidance = outcome.guidance ? `The user denied this: ${outcome.guidance}` : 'The user denied this.'
  return { type: 'denied', decision: { ...decision, verdict: 'deny' }, guidance }
}
