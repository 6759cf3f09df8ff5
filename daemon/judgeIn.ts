import { ordersOf } from './approval/guard/ordersOf.ts'
import type { Case, Judge } from './approval/judge.ts'
import { decide } from './approval/policy/decide.ts'
import type { Examine } from './approval/policy/examples.ts'
import type { PolicySources } from './approval/policy/policySources.ts'
import { proposeRules } from './approval/policy/proposeRules.ts'

export interface JudgeParams {
  readonly examineIn: (folder: string) => Examine
  readonly sources: Pick<PolicySources, 'of' | 'addRules'>
}

/** Guard and policy of one workspace. */
export function judgeIn(folder: string, { examineIn, sources }: JudgeParams): Judge {
  const examine = examineIn(folder)
  const contextOf = (tried: Case) => ({ ...tried, policy: sources.of(folder).sets })
  return {
    judge: (tried) => {
      const report = examine(tried.action, tried)
      return { report, decision: decide(tried.action, report, contextOf(tried)) }
    },
    propose: (tried, report) => proposeRules(tried.action, report, contextOf(tried)),
    ordersOf,
    get mode() {
      return sources.of(folder).mode
    },
    get hostRules() {
      return sources.of(folder).hostRules
    },
    get denyUnansweredAfterMs() {
      return sources.of(folder).denyUnansweredAfterMs
    },
    grant: async (scope, rules) => sources.addRules(folder, scope, rules),
  }
}
