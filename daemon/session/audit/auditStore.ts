import type { AuditEntry, AuditFilter, AuditVerification } from '#protocol/audit.ts'
import type { AuditDraft } from './auditDraft.ts'

/** The audit of everything: entries are added and never changed, whatever becomes of the sessions that they tell of. */
export interface AuditStore {
  /** Adds what no session's event tells of. On disk when it returns; throws `storeUnavailable`. */
  record(draft: AuditDraft): void
  list(query: AuditQuery): AuditPage
  verify(): Promise<AuditVerification>
}

/** `before`: newest first and older than that; `after`: oldest first and newer than that. */
export interface AuditQuery {
  readonly filter: AuditFilter
  readonly from: { readonly before?: number } | { readonly after: number }
  readonly limit: number
}

export interface AuditPage {
  readonly entries: AuditEntry[]
  /** Where to go on; absent at the end. */
  readonly next?: number
}
