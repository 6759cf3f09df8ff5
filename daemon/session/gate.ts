import type { Approval, Decision, Outcome } from '#protocol/approval.ts'
import { invalidParams } from '#protocol/errors.ts'
import type { GuardReport, GuardSummary } from '#protocol/guard.ts'
import type { NetworkPolicy, NetworkRule } from '#protocol/network.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import type { Failure } from '#protocol/task.ts'
import type { Allowed, Denied, Gate, GateCall, GateResult } from '../agent/gate.ts'
import { actionHash } from '../approval/actionHash.ts'
import type { Case, Judge, Judgement } from '../approval/judge.ts'
import { type Answer, Approvals, withdrawn } from './approvals.ts'
import { Denials } from './denials.ts'
import { allows, type HostCall, HostQuestions } from './hostQuestions.ts'
import type { SessionLog } from './log.ts'
import { type Orders, ordersMoved, ordersNow, type ReadOrders } from './orders.ts'
import { hostRule, SessionGrants } from './sessionGrants.ts'

/** What a report in a question holds of each list. */
const shownOfReport = 100
/** The same in the log, of what ran. */
const loggedOfReport = 20

const onlyForHosts = invalidParams('approval/answer', [
  { path: 'outcome', message: 'say which rules are to be added; only a host needs none' },
])

export interface GateParts {
  readonly log: SessionLog
  readonly judge: Judge
  /** Where calls run. */
  readonly place: () => Pick<Case, 'root' | 'home' | 'sandboxed'>
  readonly read: ReadOrders
  /** What a tool makes of arguments that a person wrote: the action, or what is wrong with them. */
  readonly plan: (tool: string, args: string) => { action: GateCall['action'] } | { why: string }
  /** What the workspace's settings say of hosts. */
  readonly network: () => NetworkPolicy
  /** A question was asked or answered. */
  readonly onPending: () => void
  /** Told where something that was granted could not be kept. */
  readonly trouble: (error: unknown) => void
}

/**
 * Guard and policy first; where these say ask, a question in the log and exactly one recorded outcome. Questions and
 * grants are rebuilt from the log, so that both survive the daemon: a call that is asked again after a restart finds its
 * question or its answer by call id and hash, and is asked anew where the bytes differ.
 */
export class SessionGate implements Gate {
  readonly #parts: GateParts
  readonly #approvals: Approvals
  readonly #hosts: HostQuestions
  readonly #denials = new Denials()
  readonly #grants = new SessionGrants()
  /** Approvals whose answer was given to a call, and its step: no other call gets it; that one may not have begun and come again. */
  readonly #used = new Map<string, number>()
  /** Approvals whose answer is worth nothing: a file that it depended on changed, or rules did once more. */
  readonly #moved = new Set<string>()

  constructor(parts: GateParts) {
    this.#parts = parts
    this.#approvals = new Approvals(parts.log, (asked, answer) => this.#learn(asked, answer), parts.onPending)
    this.#hosts = new HostQuestions(
      this.#approvals,
      (call) => this.#decideHost(call),
      (action) => this.#judge({ tool: 'network', action }).decision.verdict === 'deny',
    )
  }

  async pass(call: GateCall, signal: AbortSignal): Promise<GateResult> {
    const hash = actionHash(call.tool, call.action)
    for (;;) {
      const { report, decision } = this.#judge(call)
      if (decision.verdict === 'allow') return allowed(decision, report)
      if (decision.verdict === 'deny') return this.#denied(call, hash, report, decision, decision.reason)
      const approval = this.#find(call, hash) ?? (await this.#newQuestion(call, hash, report, decision, signal))
      if (!approval) continue
      const answer = await this.#approvals.settled(approval.id, signal)
      this.#used.set(approval.id, call.step)
      const result = await this.#result(call, approval, answer, decision)
      if (result) return result
    }
  }

  async stillAllows(call: GateCall, { approval, arguments: edited }: Allowed): Promise<boolean> {
    const asked = approval === undefined ? undefined : this.#approvals.asked(approval)
    if (asked && (await ordersMoved(asked, this.#parts.read))) {
      this.#moved.add(asked.id)
      return false
    }
    const verdict = ({ action }: Pick<GateCall, 'action'>) => this.#judge({ tool: call.tool, action }).decision.verdict
    if (!asked) return verdict(call) === 'allow'
    return verdict(call) !== 'deny' && (edited === undefined || verdict(this.#planned(call, edited)) !== 'deny')
  }

  /** As `HostQuestions.ask`. */
  async askHost(wanted: HostCall, signal: AbortSignal): Promise<'allow' | 'deny'> {
    return this.#hosts.ask(wanted, signal)
  }

  /** Whether that call waits for an answer about a host. */
  asksHosts(task: string, call: string): boolean {
    return this.#hosts.pending(task, call).length > 0
  }

  /** Nobody waits for these answers any more. */
  withdrawHosts(task: string, call?: string): void {
    this.#hosts.withdraw(task, call)
  }

  /** Hosts that were allowed for the session. */
  hostRules(): NetworkRule[] {
    return this.#grants.hostRules
  }

  /** The first answer wins; what `by` names is recorded. Throws for an unknown or already answered approval, and for an outcome that it cannot have. */
  answer(id: string, outcome: Outcome, by: string): void {
    const asked = this.#approvals.open(id)
    if (outcome.type === 'allowWithInput') this.#refuseInput(asked.tool, outcome.arguments)
    const whole = outcome.type === 'allowForWorkspace' ? { ...outcome, rules: rulesOf(outcome, asked) } : outcome
    this.#approvals.answer(id, whole, by)
    if (whole.type === 'allowForWorkspace') this.#grant('workspace', whole.rules)
    else if (whole.type === 'allowForUser') this.#grant('user', whole.rules)
    // Others may ask about the same, or about what these rules cover.
    else if (whole.type === 'allowForSession') this.#reconsiderOthers()
  }

  has(approval: string): boolean {
    return this.#approvals.asked(approval) !== undefined
  }

  /** A question of this session, whether or not it was answered. */
  asked(approval: string): Approval | undefined {
    return this.#approvals.asked(approval)
  }

  /** Settles what a cancelled or failed task still asks: nothing of it can be allowed any more. */
  withdraw(task: string): void {
    this.#denials.forget(task)
    for (const { id, task: owner } of this.#approvals.pending) {
      if (owner === task) this.answer(id, { type: 'deny', guidance: 'The task was ended.' }, withdrawn)
    }
  }

  /** Rules or mode changed: what waits for a person and no longer needs one is settled. */
  reconsider(): void {
    for (const { id, ...told } of this.#approvals.pending) {
      // The bytes themselves, where this daemon has them: what is told has no secrets in it.
      const { tool, action } = this.#approvals.asked(id) ?? told
      const { verdict, reason } = this.#judge({ tool, action }).decision
      if (verdict === 'allow') this.#approvals.answer(id, { type: 'allowOnce' }, 'policy')
      if (verdict === 'deny') this.#approvals.answer(id, { type: 'deny', guidance: reason }, 'policy')
    }
  }

  /** When the next question becomes too old to be answered, in ms since 1970; undefined where none ever does. */
  get nextExpiry(): number | undefined {
    const { denyUnansweredAfterMs } = this.#parts.judge
    const [oldest] = this.#approvals.pending
    return oldest && denyUnansweredAfterMs && oldest.askedAt + denyUnansweredAfterMs
  }

  /** Denies what nobody answered in time. */
  expire(now: number): void {
    const { denyUnansweredAfterMs } = this.#parts.judge
    if (!denyUnansweredAfterMs) return
    for (const { id, askedAt } of this.#approvals.pending) {
      if (askedAt + denyUnansweredAfterMs > now) continue
      this.#approvals.answer(id, { type: 'deny', guidance: 'Nobody answered in time.' }, 'timeout')
    }
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
    const orders = await ordersNow(paths, this.#parts.read)
    // Nobody is asked for a task that has ended.
    signal.throwIfAborted()
    const now = this.#judge(call)
    return now.decision.verdict === 'ask' ? this.#ask(call, hash, now.report, now.decision, orders) : undefined
  }

  #judge({ tool, action }: Pick<GateCall, 'tool' | 'action'>): Judgement {
    return this.#parts.judge.judge(this.#case(tool, action))
  }

  /** How the session stands before whatever it does next. */
  get standing(): Omit<Case, 'tool' | 'action'> {
    const { mode = 'auto' } = this.#parts.log.state
    const { keys: grants, rules } = this.#grants
    return { mode, ...this.#parts.place(), network: this.#parts.network(), grants, rules }
  }

  #case(tool: string, action: GateCall['action']): Case {
    return { tool, action, ...this.standing }
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
      const { report } = this.#judge(call)
      return this.#denied(call, asked.hash, report, { ...decision, verdict: 'deny', by }, guidance)
    }
    const moved = by !== 'policy' && (await ordersMoved(asked, this.#parts.read))
    // Last of all: rules may have changed since, and a deny beats every answer.
    const { report, decision: now } = this.#judge(call)
    if (now.verdict === 'deny') return this.#denied(call, asked.hash, report, now, now.reason)
    if (by === 'policy' && now.verdict === 'allow') return allowed(now, report)
    if (by === 'policy' || moved) {
      this.#moved.add(asked.id)
      return undefined
    }
    const answered = { ...decision, verdict: 'allow', reason: `Allowed by ${by}.`, by } as const
    if (outcome.type === 'allowWithInput') return this.#edited(call, asked, outcome.arguments, answered)
    return { ...allowed({ ...answered, rule: allowedAs[outcome.type] }, report), approval: asked.id }
  }

  /** What a person wrote runs, unless it came to be denied since; the guard's word is about that, not about what was asked. */
  #edited(call: GateCall, asked: Approval, args: string, answered: Decision): GateResult {
    const { report, decision } = this.#judge({ tool: call.tool, ...this.#planned(call, args) })
    if (decision.verdict === 'deny') return this.#denied(call, asked.hash, report, decision, decision.reason)
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
    const { report, decision } = this.#judge(call)
    return decision.verdict === 'ask'
      ? this.#ask(call, actionHash(call.tool, call.action), report, decision)
      : decision.verdict
  }

  #ask(call: GateCall, hash: string, report: GuardReport, decision: Decision, dependsOn: Orders = []): Approval {
    const { task, call: id, tool, action, claim } = call
    const { risk, reason } = decision
    const proposals = this.#parts.judge.propose(this.#case(tool, action), report)
    return this.#approvals.ask({
      task,
      call: id,
      tool,
      action,
      hash,
      risk,
      reason,
      ...(claim && { claim }),
      guard: shortened(report),
      ...(proposals.length > 0 && { proposals }),
      ...(dependsOn.length > 0 && { dependsOn }),
    })
  }

  #find(call: GateCall, hash: string): Approval | undefined {
    return this.#approvals.ofTask(call.task).find((asked) => {
      const isSame = asked.call === call.call && asked.hash === hash
      const isMine = (this.#used.get(asked.id) ?? call.step) === call.step
      // What was withdrawn was nobody's answer.
      return isSame && isMine && this.#approvals.answerTo(asked.id)?.by !== withdrawn && !this.#moved.has(asked.id)
    })
  }

  /** Throws where a call with these arguments could not run. */
  #refuseInput(tool: string, args: string): void {
    const planned = this.#parts.plan(tool, args)
    const { why } = 'why' in planned ? planned : this.#whyDenied(tool, planned.action)
    if (why !== undefined) throw invalidParams('approval/answer', [{ path: 'outcome.arguments', message: why }])
  }

  #whyDenied(tool: string, action: GateCall['action']): { why?: string } {
    const { verdict, reason } = this.#judge({ tool, action }).decision
    return verdict === 'deny' ? { why: `It is denied: ${reason}` } : {}
  }

  /** That one is settled; what cannot be recorded of these waits on. */
  #reconsiderOthers(): void {
    try {
      this.reconsider()
    } catch (error) {
      this.#parts.trouble(error)
    }
  }

  #grant(scope: 'workspace' | 'user', rules: readonly PolicyRule[]): void {
    this.#parts.judge.grant(scope, rules).catch(this.#parts.trouble)
  }

  /** What an answer means for what comes after it. */
  #learn(asked: Approval, { outcome, by }: Answer): void {
    const { task, call, action, hash } = asked
    if (!allows(outcome) && action.type !== 'connect' && by !== withdrawn) this.#denials.add(task, hash, call)
    this.#grants.learn(asked, outcome)
  }
}

/** What is granted for good: without rules, a host and port. */
function rulesOf({ rules }: Extract<Outcome, { type: 'allowForWorkspace' }>, { action }: Approval): PolicyRule[] {
  if (rules) return rules
  if (action.type === 'connect') return [hostRule(action)]
  throw onlyForHosts
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

function shortened(report: GuardReport): GuardReport {
  const { programs, paths, hosts, reasons } = report
  return {
    ...report,
    programs: programs.slice(0, shownOfReport),
    paths: paths.slice(0, shownOfReport),
    hosts: hosts.slice(0, shownOfReport),
    reasons: reasons.slice(0, shownOfReport),
  }
}

function summaryOf({ effect, programs, reasons, paths, hosts }: GuardReport): GuardSummary {
  return {
    effect,
    programs: distinct(programs.map(({ name }) => name ?? '?')),
    reasons: distinct(reasons.map(({ code }) => code)),
    paths: distinct(paths.map(({ path }) => path)),
    hosts: distinct(hosts),
  }
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].slice(0, loggedOfReport)
}
