import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { storeUnavailable } from '#protocol/errors.ts'
import { LoggedEvent, type SessionEventType } from '#protocol/event.ts'
import { type SessionState, SessionSummary } from '#protocol/session.ts'
import { reduce } from '#protocol/sessionState.ts'
import { KnownSecrets, type Redaction } from '../sandbox/redaction.ts'
import { AuditChain, auditSchema } from './audit/auditChain.ts'
import type { AuditDraft } from './audit/auditDraft.ts'
import { HeadNote } from './audit/headNote.ts'
import { pageStarts, type Store, summaryOf } from './store.ts'

/** A reduced state is stored after this many events, so that loading a session reads at most so many. */
const stateEvery = 200

/**
 * What people said and what was done to their files is on the disk itself before it is acknowledged; steps in between
 * survive the end of the process at once, and a power cut from the next of these on. It saves 2 ms an event.
 */
const powerSafe: ReadonlySet<SessionEventType> = new Set([
  'sessionCreated',
  'sessionRenamed',
  'modeChanged',
  'taskSubmitted',
  'approvalAsked',
  'approvalAnswered',
  'changeKept',
  'changeDiscarded',
  'layerRewound',
  'taskCompleted',
  'taskFailed',
  'taskCancelled',
])

const sessionSchema = `
  CREATE TABLE session (
    id TEXT PRIMARY KEY, folder TEXT NOT NULL, updated INTEGER NOT NULL, live INTEGER NOT NULL,
    summary TEXT NOT NULL, state TEXT NOT NULL, stateSeq INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_by_folder ON session (folder, updated);
  CREATE TABLE event (
    session TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (session, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX event_page ON event (session, seq) WHERE type IN (${pageStarts.map((type) => `'${type}'`).join(', ')});
  CREATE INDEX event_submitted ON event (session, seq) WHERE type = 'taskSubmitted';
  CREATE INDEX event_approval ON event (session, seq) WHERE type IN ('approvalAsked', 'approvalAnswered');
`
/** By the version that each leads to, from 1: a database of before is brought from where it is. */
const schemas = [sessionSchema, auditSchema]

interface EventRow {
  seq: number
  at: number
  body: string
}

/**
 * Opens (or makes) the database and keeps it locked for this process: the operating system frees the lock when the
 * process ends, however it does, so that two daemons never share one. `redaction`: what is taken out of entries of the audit
 * that no event tells of. Throws `storeUnavailable`.
 */
export function sqliteStore(file: string, redaction: Pick<Redaction, 'deep'> = new KnownSecrets()): Store {
  const database = openDatabase(file)
  const statement = lazily(database)
  const audit = new AuditChain(statement, file === ':memory:' ? undefined : new HeadNote(`${file}-audit`))
  const parse = (row: EventRow): LoggedEvent => ({ seq: row.seq, at: row.at, event: JSON.parse(row.body) })
  const stateSeqs = new Map<string, number>()
  const select = 'SELECT seq, at, body FROM event WHERE session = ?'

  /** In one transaction, with what the audit says of it. */
  function write(work: () => void, drafts: readonly AuditDraft[], powerSafe: boolean): void {
    try {
      if (powerSafe) database.exec('PRAGMA synchronous = FULL')
      database.exec('BEGIN IMMEDIATE')
      try {
        work()
        const head = audit.add(drafts)
        database.exec('COMMIT')
        audit.advance(head, powerSafe)
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
    } catch (error) {
      throw unavailable(file, error)
    } finally {
      if (powerSafe) database.exec('PRAGMA synchronous = NORMAL')
    }
  }

  function load(session: string): SessionState | undefined {
    const row = statement('SELECT state, stateSeq FROM session WHERE id = ?').get(session) as
      | { state: string; stateSeq: number }
      | undefined
    if (!row) return undefined
    stateSeqs.set(session, row.stateSeq)
    let state: SessionState = JSON.parse(row.state)
    for (const later of after(session, row.stateSeq, -1)) state = reduce(state, checked(later, session, file))
    return state
  }

  function after(session: string, seq: number, limit: number): LoggedEvent[] {
    const rows = statement(`${select} AND seq > ? ORDER BY seq LIMIT ?`).all(session, seq, limit)
    return (rows as unknown as EventRow[]).map(parse)
  }

  const atStart = audit.atStart()
  if (atStart) write(() => {}, [atStart], true)

  return {
    append(session, events, reduced, drafts) {
      const known = stateSeqs.get(session)
      const summary = summaryOf(reduced)
      write(
        () => {
          const insert = statement('INSERT INTO event (session, seq, at, type, body) VALUES (?, ?, ?, ?, ?)')
          for (const { seq, at, event } of events) insert.run(session, seq, at, event.type, JSON.stringify(event))
          const live = summary.state === 'idle' ? 0 : 1
          const line = JSON.stringify(summary)
          if (known === undefined || reduced.seq - known >= stateEvery) {
            statement(
              `INSERT INTO session (id, folder, updated, live, summary, state, stateSeq) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, live = excluded.live, summary = excluded.summary,
               state = excluded.state, stateSeq = excluded.stateSeq`,
            ).run(session, reduced.folder, reduced.updatedAt, live, line, JSON.stringify(reduced), reduced.seq)
          } else {
            statement('UPDATE session SET updated = ?, live = ?, summary = ? WHERE id = ?').run(
              reduced.updatedAt,
              live,
              line,
              session,
            )
          }
        },
        drafts,
        events.some(({ event }) => powerSafe.has(event.type)),
      )
      if (known === undefined || reduced.seq - known >= stateEvery) stateSeqs.set(session, reduced.seq)
    },
    after,
    before(session, before, limit) {
      const types = pageStarts.map((type) => `'${type}'`).join(', ')
      const start = statement(
        `SELECT seq FROM event WHERE session = ? AND seq <= ? AND type IN (${types}) ORDER BY seq DESC LIMIT 1`,
      ).get(session, Math.max(1, before - limit)) as { seq: number } | undefined
      const rows = statement(`${select} AND seq >= ? AND seq < ? ORDER BY seq`).all(session, start?.seq ?? 1, before)
      return (rows as unknown as EventRow[]).map(parse)
    },
    *all(session) {
      const rows = database.prepare(`${select} ORDER BY seq`).iterate(session)
      for (const row of rows) yield checked(parse(row as unknown as EventRow), session, file)
    },
    approvals(session) {
      const rows = statement(`${select} AND type IN ('approvalAsked', 'approvalAnswered') ORDER BY seq`).all(session)
      return (rows as unknown as EventRow[]).map(parse)
    },
    submitted(session, submission) {
      const rows = statement(
        `SELECT body FROM event WHERE session = ? AND type = 'taskSubmitted' ORDER BY seq DESC LIMIT 100`,
      ).all(session) as unknown as { body: string }[]
      for (const { body } of rows) {
        const event = JSON.parse(body)
        if (event.submission === submission) return event.task
      }
      return undefined
    },
    load,
    list(folder) {
      const rows = folder
        ? statement('SELECT summary FROM session WHERE folder = ? ORDER BY updated DESC LIMIT 1000').all(folder)
        : statement('SELECT summary FROM session ORDER BY updated DESC LIMIT 1000').all()
      return (rows as unknown as { summary: string }[]).map(({ summary }) => SessionSummary.parse(JSON.parse(summary)))
    },
    live() {
      const rows = statement('SELECT id FROM session WHERE live = 1').all()
      return (rows as unknown as { id: string }[]).map(({ id }) => id)
    },
    delete(session, draft) {
      write(
        () => {
          statement('DELETE FROM event WHERE session = ?').run(session)
          statement('DELETE FROM session WHERE id = ?').run(session)
        },
        [draft],
        true,
      )
      stateSeqs.delete(session)
    },
    audit: {
      record: (draft) => write(() => {}, [redaction.deep(draft)], false),
      list: (query) => audit.list(query),
      verify: () => audit.verify(),
    },
    close() {
      database.close()
      audit.close()
    },
  }
}

function openDatabase(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { timeout: 0 })
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    // The first write takes the lock for as long as this process lives.
    database.exec('BEGIN EXCLUSIVE')
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version > schemas.length) throw new Error('it was written by a newer Paddock')
    for (const schema of schemas.slice(version)) database.exec(schema)
    if (version < schemas.length) database.exec(`PRAGMA user_version = ${schemas.length}`)
    database.exec('COMMIT')
    return database
  } catch (error) {
    throw unavailable(file, error)
  }
}

function lazily(database: DatabaseSync): (sql: string) => StatementSync {
  const prepared = new Map<string, StatementSync>()
  return (sql) => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
}

/** A log that was damaged from outside is told, not guessed at. */
function checked(logged: LoggedEvent, session: string, file: string): LoggedEvent {
  const parsed = LoggedEvent.safeParse(logged)
  if (parsed.success) return logged
  throw storeUnavailable(
    `Event ${logged.seq} of session ${session} in ${file} is damaged.`,
    'Start a new session; the damaged one can be deleted.',
  )
}

function unavailable(file: string, error: unknown) {
  const why = error instanceof Error ? error.message : String(error)
  if (/locked|busy/i.test(why)) {
    return storeUnavailable(
      `${file} is in use by another daemon.`,
      'Use that one, or stop it with "paddock daemon stop".',
    )
  }
  if (/full|disk/i.test(why)) return storeUnavailable(`the disk is full (${file}).`, 'Free some space and try again.')
  return storeUnavailable(`${why} (${file}).`, 'Check that the folder can be written.')
}
