import type { NotificationName, ResultOf } from '#protocol/methods.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { isDecision } from './decided.ts'
import { Signal } from './signal.ts'

export type AuditEntry = ResultOf<'audit/list'>['entries'][number]

interface Params {
  readonly connection: DaemonConnection
  /** As the daemon spells it. */
  readonly folder: () => string | null
  readonly after: (ms: number, call: () => void) => () => void
}

const shown = 50
/** Of the record's page: questions and keeps lie in between. */
const page = 150
/** At most once in so many milliseconds. */
const gather = 1_000

/** Anything that comes with one of these may have been a decision. */
const tellers: ReadonlySet<NotificationName> = new Set<NotificationName>([
  'session/changed',
  'approval/changed',
  'policy/changed',
])

/** The last decisions about a folder, newest first: asked for while somebody looks, when the daemon tells that something happened. */
export class RecentDecisions {
  readonly changed = new Signal()
  readonly #params: Params
  #entries: readonly AuditEntry[] = []
  #watched = false
  #cancel: (() => void) | null = null

  constructor(params: Params) {
    this.#params = params
    const { connection } = params
    connection.connected.on(() => this.#soon())
    connection.notified.on(({ method }) => {
      if (tellers.has(method)) this.#soon()
    })
  }

  get entries(): readonly AuditEntry[] {
    return this.#entries
  }

  /** Whether somebody looks. */
  set watched(watched: boolean) {
    const isNew = watched && !this.#watched
    this.#watched = watched
    if (isNew) void this.refresh()
    if (watched) return
    this.#cancel?.()
    this.#cancel = null
  }

  /** Asks anew, where somebody looks. */
  async refresh(): Promise<void> {
    const { connection, folder: folderOf } = this.#params
    const folder = folderOf()
    if (!this.#watched || connection.state.type !== 'connected' || folder === null) return
    try {
      const { entries } = await connection.request('audit/list', { filter: { folder }, limit: page })
      const latest = entries.filter(isDecision).slice(0, shown)
      if (latest[0]?.seq === this.#entries[0]?.seq && latest.length === this.#entries.length) return
      this.#entries = latest
      this.changed.emit()
    } catch {
      // The connection went meanwhile; the next one asks again.
    }
  }

  #soon(): void {
    if (!this.#watched) return
    this.#cancel ??= this.#params.after(gather, () => {
      this.#cancel = null
      void this.refresh()
    })
  }
}
