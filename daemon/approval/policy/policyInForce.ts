import type { NetworkRule } from '#protocol/network.ts'
import type { Mode } from '#protocol/policy.ts'
import type { RuleSet } from './ruleSet.ts'

/** What all sources together say for a workspace. The same object for as long as nothing of it changes. */
export interface PolicyInForce {
  readonly sets: readonly RuleSet[]
  /** How sessions begin that were told no mode: as the workspace, then the trusted repository, the user, the machine has it. */
  readonly mode: Mode | undefined
  /** The shortest that any source says. */
  readonly denyUnansweredAfterMs: number | undefined
  /** Rules about hosts, for the way out. */
  readonly hostRules: readonly NetworkRule[]
}

export function policyInForce(sets: readonly RuleSet[]): PolicyInForce {
  const modes = modeOrder.map((source) => sets.find((set) => set.source === source)?.mode)
  const minutes = sets.flatMap(({ denyUnansweredAfter }) => denyUnansweredAfter ?? [])
  return {
    sets,
    mode: modes.find((mode) => mode !== undefined),
    denyUnansweredAfterMs: minutes.length > 0 ? Math.min(...minutes) * 60_000 : undefined,
    hostRules: hostRules(sets),
  }
}

const modeOrder: readonly RuleSet['source'][] = ['workspace', 'repository', 'user', 'managed']

/** Without allows of whom nobody vouches for, and without any where a rule that may forbid cannot be read. */
function hostRules(sets: readonly RuleSet[]): NetworkRule[] {
  const holds = sets.some((set) => set.holds)
  return sets.flatMap(({ rules, tightensOnly }) =>
    rules.flatMap(({ verdict, host, ports }) => {
      if (host === undefined || (verdict === 'allow' && (holds || tightensOnly))) return []
      return [{ verdict, host, ...(ports && { ports }) }]
    }),
  )
}
