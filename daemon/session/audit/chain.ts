import { createHash } from 'node:crypto'
import type { AuditEntry, AuditFault } from '#protocol/audit.ts'
import { canonicalJson } from '#protocol/canonicalJson.ts'
import type { AuditDraft } from './auditDraft.ts'

/** The newest entry of a chain. Before the first one: `{ seq: 0, hash: '' }`. */
export interface Head {
  readonly seq: number
  readonly hash: string
}

export const emptyHead: Head = { seq: 0, hash: '' }

/** An entry as it is kept: its canonical JSON without the hash, and what it is found by. */
export interface AuditRow extends Head {
  readonly at: number
  readonly session: string | null
  readonly folder: string | null
  readonly body: string
}

/** The entry that follows `head`. */
export function linked(head: Head, draft: AuditDraft): AuditRow {
  const seq = head.seq + 1
  const body = canonicalJson({ ...draft, seq })
  const { at, session = null, folder = null } = draft
  return { seq, hash: hashOf(head.hash, body), at, session, folder, body }
}

export function entryOf({ hash, body }: Pick<AuditRow, 'hash' | 'body'>): AuditEntry {
  return { ...JSON.parse(body), hash }
}

/** Follows a chain from its beginning, entry by entry, to the first that is not what was written. */
export class ChainWalk {
  #head = emptyHead
  #fault: AuditFault | undefined

  get head(): Head {
    return this.#head
  }

  get fault(): AuditFault | undefined {
    return this.#fault
  }

  /** False where there is no use in going on. */
  step(row: AuditRow): boolean {
    const seq = this.#head.seq + 1
    if (row.seq !== seq) return this.#found('missing', seq, `Entry ${seq} is missing: entry ${row.seq} follows.`)
    if (row.hash !== hashOf(this.#head.hash, row.body)) {
      return this.#found('altered', seq, `Entry ${seq} is not what was written, or not what was written there.`)
    }
    const entry = readEntry(row.body)
    const isFoundBy =
      entry?.seq === seq &&
      entry.at === row.at &&
      (entry.session ?? null) === row.session &&
      (entry.folder ?? null) === row.folder
    if (!isFoundBy) return this.#found('altered', seq, `What entry ${seq} is found by is not what it says.`)
    this.#head = { seq, hash: row.hash }
    if (entry.kind !== 'broken') return true
    const { noted, found = this.#head } = entry.evidence ?? {}
    return this.#found(
      'truncated',
      found.seq + 1,
      `At a start of the daemon the record ended with entry ${found.seq}; noted was ${noted ? `entry ${noted.seq}` : 'nothing'}.`,
    )
  }

  /** `expected`: where it must have ended. */
  end(expected: Head): void {
    const { seq, hash } = this.#head
    if (this.#fault || (seq === expected.seq && hash === expected.hash)) return
    this.#found('truncated', seq + 1, `The record ends with entry ${seq}; it had ${expected.seq}.`)
  }

  #found(type: AuditFault['type'], seq: number, why: string): false {
    this.#fault ??= { type, seq, why }
    return false
  }
}

function hashOf(before: string, body: string): string {
  return createHash('sha256').update(`${before}\n${body}`).digest('hex')
}

function readEntry(body: string): AuditEntry | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as AuditEntry) : undefined
  } catch {
    return undefined
  }
}
