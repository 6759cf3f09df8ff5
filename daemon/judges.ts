import type { Case, Judge, Judgement } from './approval/judge.ts'
import { decide } from './approval/policy.ts'

/** Guard and policy of every workspace. */
export function judges(): (folder: string) => Judge {
  return () => ({
    judge: (tried) => ({ report: reportOf(tried), decision: decide(tried.action, tried) }),
    propose: () => [],
    ordersOf: () => [],
    hostRules: [],
    denyUnansweredAfterMs: undefined,
    grant: async () => {},
  })
}

function reportOf(_: Case): Judgement['report'] {
  return { understood: false, effect: 'unknown', risk: 'medium', programs: [], paths: [], hosts: [], reasons: [] }
}
