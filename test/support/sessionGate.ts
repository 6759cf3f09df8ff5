import type { NetworkRule } from '#protocol/network.ts'
import { judges } from '../../daemon/judges.ts'
import { type GateParts, SessionGate } from '../../daemon/session/gate.ts'
import type { SessionLog } from '../../daemon/session/log.ts'

/** The gate of a session over `/w`, with guard and policy as they are without any file of rules. */
export function sessionGate(
  log: SessionLog,
  { onHostRule = () => {}, ...parts }: Partial<GateParts> & { onHostRule?: (rule: NetworkRule) => void } = {},
): SessionGate {
  return new SessionGate({
    log,
    judge: judges()('/w'),
    place: () => ({ root: '/w', home: '/home/u', sandboxed: true }),
    read: async () => undefined,
    plan: () => ({ why: 'no tools here' }),
    allowInWorkspace: onHostRule,
    onPending: () => {},
    trouble: (error) => {
      throw error
    },
    ...parts,
  })
}
