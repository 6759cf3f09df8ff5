import type { Change } from '#protocol/change.ts'
import type { SessionEventType } from '#protocol/event.ts'
import type { ResultOf } from '#protocol/methods.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { Signal } from './signal.ts'
import type { WindowSession } from './windowSession.ts'

const movers: ReadonlySet<SessionEventType> = new Set(['changesChanged', 'changeKept', 'changeDiscarded'])

type Listed = Pick<ResultOf<'change/list'>, 'changes' | 'skipped'>

/** The changes of this window's session. Listed anew when an event says so: one request under way, at most one to follow. */
export class ChangeSet {
  readonly changed = new Signal()
  readonly #connection: DaemonConnection
  readonly #session: WindowSession
  #changes: readonly Change[] = []
  #skipped: Listed['skipped'] = []
  #listing = false
  #again = false

  constructor(connection: DaemonConnection, session: WindowSession) {
    this.#connection = connection
    this.#session = session
    session.selected.on(() => this.#become({ changes: [], skipped: [] }))
    session.moved.on(({ events }) => {
      if (events.length === 0 || events.some(({ event }) => movers.has(event.type))) void this.refresh()
    })
  }

  get session(): string | null {
    return this.#session.id
  }

  get changes(): readonly Change[] {
    return this.#changes
  }

  /** What the agent made that cannot be a change, and why. */
  get skipped(): Listed['skipped'] {
    return this.#skipped
  }

  find(path: string): Change | undefined {
    return this.#changes.find((change) => change.path === path)
  }

  async refresh(): Promise<void> {
    this.#again = true
    if (this.#listing) return
    this.#listing = true
    try {
      while (this.#again) {
        this.#again = false
        const session = this.#session.id
        if (!session) break
        const listed = await this.#connection.request('change/list', { session })
        if (session === this.#session.id) this.#become(listed)
        else this.#again = true
      }
    } catch {
      // The connection went meanwhile; the next subscription lists again.
    } finally {
      this.#listing = false
    }
  }

  #become({ changes, skipped }: Listed): void {
    this.#changes = changes
    this.#skipped = skipped
    this.changed.emit()
  }
}
