import type { LoggedEvent } from '#protocol/event.ts'
import type { SessionState } from '#protocol/session.ts'
import { emptySession, reduce } from '#protocol/sessionState.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { Signal } from './signal.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Remembers a window's session from one reload to the next. */
export interface Memory {
  /** Null: the empty page was chosen; undefined: nothing was chosen yet. */
  read(): string | null | undefined
  write(session: string | null): void
}

const holder = 'window'

/** The session that this window is on, and its state as the one reducer makes it of the daemon's events. */
export class WindowSession {
  /** Another session (or none) is shown from now on. */
  readonly selected = new Signal<string | null>()
  /** The state moved; the events that moved it, none where it was read anew. */
  readonly moved = new Signal<{ state: SessionState; events: readonly LoggedEvent[] }>()
  readonly #connection: DaemonConnection
  readonly #subscriptions: Subscriptions
  readonly #memory: Memory
  #id: string | null
  #state: SessionState | null = null

  constructor(connection: DaemonConnection, subscriptions: Subscriptions, memory: Memory) {
    this.#connection = connection
    this.#subscriptions = subscriptions
    this.#memory = memory
    this.#id = memory.read() ?? null
    connection.connected.on(() => void this.#subscribe())
    connection.notified.on(({ method, payload }) => {
      if (method === 'session/events') this.#take(payload as { session: string; events: LoggedEvent[] })
      if (method === 'session/deleted' && (payload as { session: string }).session === this.#id) this.select(null)
    })
  }

  get id(): string | null {
    return this.#id
  }

  /** Null until the daemon has answered. */
  get state(): SessionState | null {
    return this.#state
  }

  select(session: string | null): void {
    if (session === this.#id) return
    if (this.#id) this.#leave(this.#id)
    this.#id = session
    this.#state = null
    this.#memory.write(session)
    this.selected.emit(session)
    if (session && this.#connection.state.type === 'connected') void this.#subscribe()
  }

  /** Takes up what is remembered for another folder. */
  recall(): void {
    const remembered = this.#memory.read() ?? null
    if (remembered !== this.#id) this.select(remembered)
  }

  /** Shows a session that the user did not choose; nothing where they have chosen, be it the empty page. */
  propose(session: string): void {
    if (this.#memory.read() === undefined) this.select(session)
  }

  async #subscribe(): Promise<void> {
    const session = this.#id
    if (!session) return
    try {
      this.#subscriptions.add(holder, session)
      const { state } = await this.#connection.request('session/subscribe', { session })
      if (session !== this.#id) return
      this.#state = state
      this.moved.emit({ state, events: [] })
    } catch (error) {
      // It was deleted while this window was away; any other trouble comes back with the next connection.
      if (isGone(error) && session === this.#id) this.select(null)
    }
  }

  #leave(session: string): void {
    if (!this.#subscriptions.drop(holder, session) || this.#connection.state.type !== 'connected') return
    void this.#connection.request('session/unsubscribe', { session }).catch(() => {})
  }

  #take({ session, events }: { session: string; events: LoggedEvent[] }): void {
    const first = events[0]
    if (session !== this.#id || !this.#state || !first) return
    if (first.seq > this.#state.seq + 1) return void this.#subscribe()
    const news = events.filter(({ seq }) => seq > this.#state!.seq)
    if (news.length === 0) return
    this.#state = news.reduce(reduce, this.#state ?? emptySession(session))
    this.moved.emit({ state: this.#state, events: news })
  }
}

function isGone(error: unknown): boolean {
  return (error as { data?: { type?: string } }).data?.type === 'sessionNotFound'
}
