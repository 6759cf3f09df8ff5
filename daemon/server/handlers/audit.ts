import type { AuditStore } from '../../session/audit/auditStore.ts'
import type { Handlers } from './handler.ts'

const pageSize = 100

/** Verifications that are asked for while one is under way are that one. */
export function auditHandlers(audit: AuditStore): Handlers<'audit/list' | 'audit/verify'> {
  let verifying: ReturnType<AuditStore['verify']> | undefined
  return {
    'audit/list': ({ filter = {}, before, after, limit = pageSize }) =>
      audit.list({
        filter,
        limit,
        from: after === undefined ? { ...(before !== undefined && { before }) } : { after },
      }),
    'audit/verify': async () => {
      verifying ??= audit.verify().finally(() => {
        verifying = undefined
      })
      return { verification: await verifying }
    },
  }
}
