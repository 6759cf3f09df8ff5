import type { Approval, Outcome } from '#protocol/approval.ts'
import { invalidParams } from '#protocol/errors.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import type { GateCall } from '../agent/gate.ts'
import type { Judge } from '../approval/judge.ts'
import { type Approvals, withdrawn } from './approvals.ts'
import { hostRule } from './sessionGrants.ts'
import type { SessionJudge } from './sessionJudge.ts'

export interface SettlingParts {
  readonly judge: Pick<Judge, 'grant' | 'denyUnansweredAfterMs'>
  /** What a tool makes of arguments that a person wrote: the action, or what is wrong with them. */
  readonly plan: (tool: string, args: string) => { action: GateCall['action'] } | { why: string }
  /** Told where something that was granted could not be kept. */
  readonly trouble: (error: unknown) => void
}

const onlyForHosts = invalidParams('approval/answer', [
  { path: 'outcome', message: 'say which rules are to be added; only a host needs none' },
])

/** What settles a session's questions: people, rules that change, time, and the end of what they were asked for. */
export class Settling {
  readonly #approvals: Approvals
  readonly #judge: SessionJudge
  readonly #parts: SettlingParts

  constructor(approvals: Approvals, judge: SessionJudge, parts: SettlingParts) {
    this.#approvals = approvals
    this.#judge = judge
    this.#parts = parts
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

  /** Settles what a cancelled or failed task still asks: nothing of it can be allowed any more. */
  withdraw(task: string): void {
    for (const { id, task: owner } of this.#approvals.pending) {
      if (owner === task) this.#approvals.answer(id, { type: 'deny', guidance: 'The task was ended.' }, withdrawn)
    }
  }

  /** Rules, settings or mode changed: what waits for a person and no longer needs one is settled. */
  reconsider(): void {
    for (const { id, ...told } of this.#approvals.pending) {
      // The bytes themselves, where this daemon has them: what is told has no secrets in it.
      const deed = this.#approvals.asked(id) ?? told
      const { verdict, reason } = this.#judge.judge(deed).decision
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

  /** Throws where a call with these arguments could not run. */
  #refuseInput(tool: string, args: string): void {
    const planned = this.#parts.plan(tool, args)
    const { why } = 'why' in planned ? planned : this.#whyDenied(tool, planned.action)
    if (why !== undefined) throw invalidParams('approval/answer', [{ path: 'outcome.arguments', message: why }])
  }

  #whyDenied(tool: string, action: GateCall['action']): { why?: string } {
    const { verdict, reason } = this.#judge.judge({ tool, action }).decision
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
}

/** What is granted for good: without rules, a host and port. */
function rulesOf({ rules }: Extract<Outcome, { type: 'allowForWorkspace' }>, { action }: Approval): PolicyRule[] {
  if (rules) return rules
  if (action.type === 'connect') return [hostRule(action)]
  throw onlyForHosts
}
