import type { StatementSync } from 'node:sqlite'
import type { AuditEntry, AuditVerification } from '#protocol/audit.ts'
import type { AuditDraft } from './auditDraft.ts'
import type { AuditPage, AuditQuery } from './auditStore.ts'
import { type AuditRow, ChainWalk, emptyHead, entryOf, type Head, linked } from './chain.ts'
import type { HeadNote } from './headNote.ts'
import { matches } from './matches.ts'

export const auditSchema = `
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, at INTEGER NOT NULL, session TEXT, folder TEXT, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_session ON audit (session, seq);
  CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
  CREATE TRIGGER audit_stays_so BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
`

/** Rows that one page looks at, at most: other requests wait for so long. */
const lookedAt = 2_000
const rowsAtOnce = 250
const columns = 'seq, hash, at, session, folder, body'

/**
 * The chain of entries in the database, and the note of its newest one beside it.
 *
 * Found out by `verify`: an entry that was edited, removed, put in or moved; an end that was cut off, where what was cut
 * off had been noted (that is with everything that people said or did, and with every task's end) or is still known to the
 * daemon that runs. Not found out: calls of a task under way that were cut off while no daemon ran; and a chain that was
 * written anew as a whole together with its note, by somebody who can write the data folder. Against that one, keep the
 * head that `verify` tells, or an export, elsewhere. A start of the daemon at which chain and note do not fit is an entry
 * of its own for good.
 */
export class AuditChain {
  readonly #statement: (sql: string) => StatementSync
  readonly #note: HeadNote | undefined
  #head: Head

  constructor(statement: (sql: string) => StatementSync, note: HeadNote | undefined) {
    this.#statement = statement
    this.#note = note
    this.#head =
      (statement('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() as Head | undefined) ?? emptyHead
  }

  /** What the start of a daemon has to say: that the record begins, or that its end is not the one that was noted. */
  atStart(): AuditDraft | undefined {
    const start = { at: Date.now(), who: { type: 'daemon', name: 'daemon' } } as const
    if (this.#head.seq === 0) {
      const { earlier } = this.#statement('SELECT count(*) AS earlier FROM session').get() as { earlier: number }
      return { ...start, kind: 'begun', what: { text: `The record begins; ${earlier} sessions were there before it.` } }
    }
    if (!this.#note) return undefined
    const noted = this.#note.read()
    const row = noted && this.#statement('SELECT hash FROM audit WHERE seq = ?').get(noted.seq)
    if (noted && row?.['hash'] === noted.hash) return undefined
    const evidence = { found: this.#head, ...(noted && { noted }) }
    return { ...start, kind: 'broken', what: { text: 'The record does not end as it was noted.' }, evidence }
  }

  /** Within a transaction; `advance` to the answer once that is committed. */
  add(drafts: readonly AuditDraft[]): Head {
    let head = this.#head
    const insert = this.#statement(`INSERT INTO audit (${columns}) VALUES (?, ?, ?, ?, ?, ?)`)
    for (const draft of drafts) {
      const row = linked(head, draft)
      insert.run(row.seq, row.hash, row.at, row.session, row.folder, row.body)
      head = row
    }
    return head
  }

  /** `onDisk`: the disk itself has all up to there. */
  advance({ seq, hash }: Head, onDisk: boolean): void {
    const isNew = seq !== this.#head.seq
    if (isNew) this.#head = { seq, hash }
    if (onDisk && seq > 0) this.#note?.write(this.#head)
  }

  /** The database was closed, and with that is on the disk. */
  close(): void {
    this.advance(this.#head, true)
    this.#note?.close()
  }

  /** Rows that no longer are JSON are left out: `verify` names them. */
  list({ filter, from, limit }: AuditQuery): AuditPage {
    const entries: AuditEntry[] = []
    let at = 'after' in from ? from.after : (from.before ?? this.#head.seq + 1)
    const isForward = 'after' in from
    for (let looked = 0; looked < lookedAt; ) {
      const rows = this.#rows(isForward, at, filter.session)
      for (const row of rows) {
        at = row.seq
        looked += 1
        const entry = readable(row)
        if (entry && matches(entry, filter) && entries.push(entry) === limit) return { entries, next: at }
      }
      if (rows.length < rowsAtOnce) return { entries }
    }
    return { entries, next: at }
  }

  async verify(): Promise<AuditVerification> {
    const walk = new ChainWalk()
    for (;;) {
      const rows = this.#rows(true, walk.head.seq, undefined)
      const isWhole = rows.every((row) => walk.step(row))
      if (!isWhole || rows.length < rowsAtOnce) break
      await new Promise((goOn) => setImmediate(goOn))
    }
    walk.end(this.#head)
    return { entries: walk.head.seq, head: { ...this.#head }, ...(walk.fault && { fault: walk.fault }) }
  }

  #rows(isForward: boolean, seq: number, session: string | undefined): AuditRow[] {
    const ofSession = session === undefined ? '' : 'session = ? AND '
    const range = isForward ? 'seq > ? ORDER BY seq' : 'seq < ? ORDER BY seq DESC'
    const statement = this.#statement(`SELECT ${columns} FROM audit WHERE ${ofSession}${range} LIMIT ${rowsAtOnce}`)
    const rows = session === undefined ? statement.all(seq) : statement.all(session, seq)
    return rows as unknown as AuditRow[]
  }
}

function readable(row: AuditRow): AuditEntry | undefined {
  try {
    return entryOf(row)
  } catch {
    return undefined
  }
}
