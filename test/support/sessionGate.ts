import type { Judge } from '../../daemon/approval/judge.ts'
import type { Examine } from '../../daemon/approval/policy/examples.ts'
import { policyInForce } from '../../daemon/approval/policy/policyInForce.ts'
import { judgeIn } from '../../daemon/judgeIn.ts'
import { type GateParts, SessionGate } from '../../daemon/session/gate.ts'
import type { SessionLog } from '../../daemon/session/log.ts'

/** The gate of a session over `/w`, with policy as it is without any file of rules, and a guard to which everything is contained. */
export function sessionGate(log: SessionLog, parts: Partial<GateParts> = {}): SessionGate {
  return new SessionGate({
    log,
    judge: plainJudge(),
    place: () => ({ root: '/w', home: '/home/u', sandboxed: true }),
    hash: async () => null,
    plan: () => ({ why: 'no tools here' }),
    network: () => ({ undecided: 'ask', rules: [] }),
    onPending: () => {},
    trouble: (error) => {
      throw error
    },
    ...parts,
  })
}

/** Policy of `/w` without any file of rules, and a guard to which everything is contained. */
export function plainJudge(): Judge {
  return judgeIn('/w', { examineIn: () => unexamined, sources: { of: () => withoutFiles, addRules: () => {} } })
}

const withoutFiles = policyInForce([])

const unexamined: Examine = () => ({
  understood: true,
  effect: 'run',
  risk: 'low',
  programs: [],
  paths: [],
  hosts: [],
  reasons: [],
})
