import type { AuditEntry } from '#protocol/audit.ts'

/** An entry of the audit before it has its place in the chain. */
export type AuditDraft = Omit<AuditEntry, 'seq' | 'hash'>
