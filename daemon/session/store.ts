import type { LoggedEvent, SessionEvent } from '#protocol/event.ts'
import type { SessionState, SessionSummary } from '#protocol/session.ts'
import type { AuditDraft } from './audit/auditDraft.ts'
import type { AuditStore } from './audit/auditStore.ts'

/** Where sessions are kept. Every write is on disk when the call returns; a failed one throws `storeUnavailable` and changed nothing. */
export interface Store {
  /** Appends in one transaction, numbered from `state.seq + 1`, with what the audit says of them; `reduced` is the state after them. */
  append(session: string, events: readonly LoggedEvent[], reduced: SessionState, audit: readonly AuditDraft[]): void
  /** Events `after < seq`, oldest first, at most `limit`. */
  after(session: string, after: number, limit: number): LoggedEvent[]
  /** The page before `before`: at most about `limit` events, beginning where a task or a step does. */
  before(session: string, before: number, limit: number): LoggedEvent[]
  /** Every event, oldest first, read as it is walked. */
  all(session: string): Iterable<LoggedEvent>
  /** Every `approvalAsked` and `approvalAnswered`, oldest first. */
  approvals(session: string): LoggedEvent[]
  /** The `taskSubmitted` of that submission id, if it is among the last 100 events of its type. */
  submitted(session: string, submission: string): string | undefined
  /** The state after the last event; undefined where there is no such session. */
  load(session: string): SessionState | undefined
  /** Newest first. */
  list(folder?: string): SessionSummary[]
  /** Sessions with a queued, running or waiting task. */
  live(): string[]
  /** Of the session nothing is left but the audit, and `audit` as the last word of it there. */
  delete(session: string, audit: AuditDraft): void
  readonly audit: AuditStore
  close(): void
}

/** A line of a list, made from a state. */
export function summaryOf(state: SessionState): SessionSummary {
  const { id, folder, title, createdAt, updatedAt, tasks, approvals, changes, unsandboxed } = state
  const has = (wanted: string) => tasks.some((task) => task.state === wanted)
  const live = has('waiting') ? 'waiting' : has('running') ? 'running' : has('queued') ? 'queued' : 'idle'
  return {
    id,
    folder,
    title,
    createdAt,
    updatedAt,
    state: live,
    approvals: approvals.length,
    changedFiles: changes.files,
    ...(unsandboxed && { unsandboxed }),
  }
}

/** Events that a page of the log may begin with. */
export const pageStarts: readonly SessionEvent['type'][] = ['sessionCreated', 'taskStarted', 'stepStarted']
