import type { Approval, Decision, Outcome } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { NetworkRule } from '#protocol/network.ts'
import type { Failure } from '#protocol/task.ts'
import type { Allowed, Denied, Gate, GateCall, GateResult } from '../agent/gate.ts'
import { actionHash } from '../approval/actionHash.ts'
import type { Judge } from '../approval/judge.ts'
import { type Answer, Approvals, withdrawn } from './approvals.ts'
import { CallQuestions } from './callQuestions.ts'
import { Denials } from './denials.ts'
import { allows, HostQuestions } from './hostQuestions.ts'
import type { SessionLog } from './log.ts'
import { type HashOrders, type Orders, ordersMoved, ordersNow } from './orders.ts'
import { SessionJudge, type SessionJudgeParts } from './sessionJudge.ts'
import { Settling, type SettlingParts } from './settling.ts'
import { shownReport, summaryOf } from './shownReport.ts'

export interface GateParts extends SessionJudgeParts, SettlingParts {
  readonly log: SessionLog
  readonly judge: Judge
  readonly hash: HashOrders
  /** A question was asked or answered. */
  readonly onPending: () => void
}

/**
 * Guard and policy first; where these say ask, a question in the log and exactly one recorded outcome. Questions and
 * grants are rebuilt from the log, so that both survive the daemon: a call that is asked again after a restart finds its
 * question or its answer by call id and hash, and is asked anew where the bytes differ.
 */
export class SessionGate implements Gate {
  readonly #parts: GateParts
  readonly #judge: SessionJudge
  readonly #approvals: Approvals
  readonly #settling: Settling
  readonly #questions: CallQuestions
  readonly #denials = new Denials()
  /** Questions about hosts that calls want while they run. */
  readonly hosts: HostQuestions

  constructor(parts: GateParts) {
    this.#parts = parts
    this.#judge = new SessionJudge(parts)
    this.#approvals = new Approvals(parts.log, (asked, answer) => this.#learn(asked, answer), parts.onPending)
    this.#settling = new Settling(this.#approvals, this.#judge, parts)
    this.#questions = new CallQuestions(this.#approvals)
    this.hosts = new HostQuestions(
      this.#approvals,
      (call) => this.#decideHost(call),
      (action) => this.#judge.judge({ tool: 'network', action }).decision.verdict === 'deny',
    )
  }

  async pass(call: GateCall, signal: AbortSignal): Promise<GateResult> {
    const hash = actionHash(call.tool, call.action)
    for (;;) {
      if (this.#judge.grants.ordersOf(hash).length > 0) await this.#dropMovedGrant(hash)
      const { report, decision } = this.#judge.judge(call)
      if (decision.verdict === 'allow') return allowed(decision, report)
      if (decision.verdict === 'deny') return this.#denied(call, hash, report, decision, decision.reason)
      const approval =
        this.#questions.find(call, hash) ?? (await this.#newQuestion(call, hash, report, decision, signal))
      if (!approval) continue
      const answer = await this.#approvals.settled(approval.id, signal)
      this.#questions.give(approval, call)
      const result = await this.#result(call, approval, answer, decision)
      if (result) return result
    }
  }

  async stillAllows(call: GateCall, { approval, arguments: edited }: Allowed): Promise<boolean> {
    const asked = approval === undefined ? undefined : this.#approvals.asked(approval)
    if (asked && (await ordersMoved(asked.dependsOn ?? [], this.#parts.hash))) {
      this.#questions.drop(asked)
      return false
    }
    if (!asked) await this.#dropMovedGrant(actionHash(call.tool, call.action))
    const verdict = ({ action }: Pick<GateCall, 'action'>) =>
      this.#judge.judge({ tool: call.tool, action }).decision.verdict
    if (!asked) return verdict(call) === 'allow'
    return verdict(call) !== 'deny' && (edited === undefined || verdict(this.#planned(call, edited)) !== 'deny')
  }

  /** Hosts that were allowed for the session. */
  hostRules(): NetworkRule[] {
    return this.#judge.grants.hostRules
  }

  /** As `Settling.answer`. */
  answer(id: string, outcome: Outcome, by: string): void {
    this.#settling.answer(id, outcome, by)
  }

  has(approval: string): boolean {
    return this.#approvals.asked(approval) !== undefined
  }

  /** A question of this session, whether or not it was answered. */
  asked(approval: string): Approval | undefined {
    return this.#approvals.asked(approval)
  }

  /** The task has ended, however: what it still asks is settled. */
  withdraw(task: string): void {
    this.#denials.forget(task)
    this.#settling.withdraw(task)
  }

  /** As `Settling.reconsider`. */
  reconsider(): void {
    this.#settling.reconsider()
  }

  /** As `Settling.nextExpiry`. */
  get nextExpiry(): number | undefined {
    return this.#settling.nextExpiry
  }

  /** As `Settling.expire`. */
  expire(now: number): void {
    this.#settling.expire(now)
  }

  /** As `SessionJudge.standing`. */
  get standing(): SessionJudge['standing'] {
    return this.#judge.standing
  }

  /** Asks; undefined where rules or mode no longer want that by the time that everything for it was read. */
  async #newQuestion(
    call: GateCall,
    hash: string,
    report: GuardReport,
    decision: Decision,
    signal: AbortSignal,
  ): Promise<Approval | undefined> {
    const paths = this.#parts.judge.ordersOf(report)
    if (paths.length === 0) return this.#ask(call, hash, report, decision)
    const orders = await ordersNow(paths, this.#parts.hash)
    // Nobody is asked for a task that has ended.
    signal.throwIfAborted()
    const now = this.#judge.judge(call)
    return now.decision.verdict === 'ask' ? this.#ask(call, hash, now.report, now.decision, orders) : undefined
  }

  /** What was allowed for the session with files that say something else by now is asked about anew. */
  async #dropMovedGrant(hash: string): Promise<void> {
    const { grants } = this.#judge
    if (await ordersMoved(grants.ordersOf(hash), this.#parts.hash)) grants.drop(hash)
  }

  /** What came of an answer; undefined where the call has to be decided anew. */
  async #result(
    call: GateCall,
    asked: Approval,
    { outcome, by }: Answer,
    decision: Decision,
  ): Promise<GateResult | undefined> {
    if (!allows(outcome)) {
      const said = 'guidance' in outcome && outcome.guidance
      const who = by === 'timeout' || by === 'policy' ? 'This was denied' : 'The user denied this'
      const guidance = said ? `${who}: ${said}` : `${who}.`
      const { report } = this.#judge.judge(call)
      return this.#denied(call, asked.hash, report, { ...decision, verdict: 'deny', by }, guidance)
    }
    const moved = by !== 'policy' && (await ordersMoved(asked.dependsOn ?? [], this.#parts.hash))
    // Last of all: rules may have changed since, and a deny beats every answer.
    const { report, decision: now } = this.#judge.judge(call)
    if (now.verdict === 'deny') return this.#denied(call, asked.hash, report, now, now.reason)
    if (by === 'policy' && now.verdict === 'allow') return allowed(now, report)
    if (by === 'policy' || moved) {
      this.#questions.drop(asked)
      return undefined
    }
    const answered = { ...decision, verdict: 'allow', reason: `Allowed by ${by}.`, by } as const
    if (outcome.type === 'allowWithInput') return this.#edited(call, asked, outcome.arguments, answered)
    return { ...allowed({ ...answered, rule: allowedAs[outcome.type] }, report), approval: asked.id }
  }

  /** What a person wrote runs, unless it came to be denied since; the guard's word is about that, not about what was asked. */
  #edited(call: GateCall, asked: Approval, args: string, answered: Decision): GateResult {
    const { action } = this.#planned(call, args)
    const { report, decision } = this.#judge.judge({ tool: call.tool, action })
    if (decision.verdict === 'deny') {
      return { ...this.#denied(call, asked.hash, report, decision, decision.reason), action }
    }
    return { ...allowed({ ...answered, rule: 'allowed-with-input' }, report), approval: asked.id, arguments: args }
  }

  #planned({ tool, action }: GateCall, args: string): { action: GateCall['action'] } {
    const planned = this.#parts.plan(tool, args)
    return 'action' in planned ? planned : { action }
  }

  #denied(call: GateCall, hash: string, report: GuardReport, decision: Decision, guidance: string): Denied {
    const times = this.#denials.add(call.task, hash, call.call)
    return {
      type: 'denied',
      decision,
      guard: summaryOf(report),
      guidance,
      ...(times > 1 && { ends: deniedAgain(call) }),
    }
  }

  #decideHost(call: GateCall): Approval | 'allow' | 'deny' {
    const { report, decision } = this.#judge.judge(call)
    return decision.verdict === 'ask'
      ? this.#ask(call, actionHash(call.tool, call.action), report, decision)
      : decision.verdict
  }

  #ask(call: GateCall, hash: string, report: GuardReport, decision: Decision, dependsOn: Orders = []): Approval {
    const { task, call: id, tool, action, claim } = call
    const { risk, reason } = decision
    const { root } = this.standing
    const proposals = this.#judge.propose(call, report)
    return this.#approvals.ask({
      task,
      call: id,
      tool,
      action,
      hash,
      risk,
      reason,
      ...(claim && { claim }),
      guard: shownReport(report),
      ...(proposals.length > 0 && { proposals }),
      ...(dependsOn.length > 0 && { dependsOn }),
      ...(root !== this.#parts.log.state.folder && { root }),
    })
  }

  /** What an answer means for what comes after it. */
  #learn(asked: Approval, { outcome, by }: Answer): void {
    const { task, call, action, hash } = asked
    if (!allows(outcome) && action.type !== 'connect' && by !== withdrawn) this.#denials.add(task, hash, call)
    this.#judge.grants.learn(asked, outcome)
  }
}

const allowedAs = {
  allowOnce: 'allowed-once',
  allowForSession: 'allowed-for-session',
  allowForWorkspace: 'allowed-for-workspace',
  allowForUser: 'allowed-for-user',
} as const

function allowed(decision: Decision, report: GuardReport): Allowed {
  const remember = report.reasons.some(({ consequential }) => consequential)
  return { type: 'allowed', decision, guard: summaryOf(report), ...(remember && { remember }) }
}

function deniedAgain({ action }: GateCall): Failure {
  return {
    code: 'approvalDenied',
    message: `It was denied twice and the agent would not do without: ${action.type === 'command' ? action.command.slice(0, 200) : action.type}`,
    fix: 'Say what to do instead in a new task, or allow it.',
  }
}
