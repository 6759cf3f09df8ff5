import type { Action, Decision } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { NetworkPolicy, NetworkRule } from '#protocol/network.ts'
import type { Mode, PolicyRule } from '#protocol/policy.ts'

/** What is to be decided about, and what this session has said so far. */
export interface Case {
  readonly tool: string
  readonly action: Action
  readonly mode: Mode
  /** Where it would run. */
  readonly root: string
  readonly home: string
  readonly sandboxed: boolean
  /** What the workspace's settings say of hosts. */
  readonly network: NetworkPolicy
  /** Keys (`grantKey`) of what was allowed for this session. */
  readonly grants: ReadonlySet<string>
  /** Rules that were granted for this session. */
  readonly rules: readonly PolicyRule[]
}

export interface Judgement {
  readonly report: GuardReport
  readonly decision: Decision
}

/** Guard and policy of one workspace: what an action does, and what is to be done about it. */
export interface Judge {
  judge(tried: Case): Judgement
  /** The narrowest rules that would allow what `judge` said is to be asked about. */
  propose(tried: Case, report: GuardReport): PolicyRule[]
  /** The files that it runs or takes its orders from, absolute: consent is bound to their bytes. */
  ordersOf(report: GuardReport): string[]
  /** How sessions begin that were told no mode. */
  readonly mode: Mode | undefined
  /** What the rules in force say of hosts. */
  readonly hostRules: readonly NetworkRule[]
  /** After so many milliseconds a question that nobody answered is denied. */
  readonly denyUnansweredAfterMs: number | undefined
  /** Adds to the user's own rules, for good. */
  grant(scope: 'workspace' | 'user', rules: readonly PolicyRule[]): Promise<void>
}
