import type { DaemonClient } from '#client/daemonClient.ts'
import { ConnectionClosed } from '#client/daemonError.ts'
import type { MethodName, NotificationName, ParamsOf, ResultOf } from '#protocol/methods.ts'
import { Signal } from './signal.ts'

/** Something that is wrong and the one thing to do about it. */
export interface Trouble {
  readonly why: string
  readonly fix: string
}

export type ConnectionState =
  /** Nothing needs the daemon, and nothing is being tried. */
  | { readonly type: 'idle' }
  | { readonly type: 'connecting' }
  | { readonly type: 'connected' }
  | ({ readonly type: 'failed' } & Trouble)

export interface ConnectionParams {
  /** Finds the daemon; with `launch` it starts one where none runs. */
  dial(launch: boolean): Promise<DaemonClient>
  /** Why nothing may be started or asked now. */
  blocked(): Trouble | null
  /** What the daemon must be told before anybody uses it. A rejection is reported, the connection stays. */
  greet(client: DaemonClient): Promise<void>
  trouble(error: unknown): Trouble
  /** Calls back after so many milliseconds, until the answer is called. */
  after(ms: number, call: () => void): () => void
  now(): number
}

const firstDelayMs = 250
const longestDelayMs = 30_000
const stableMs = 10_000

/**
 * This window's connection to the daemon. It is made when somebody `use`s it, and made again by itself (with growing
 * pauses) only while somebody `hold`s it: a daemon that went because nobody needed it stays away until the next need.
 */
export class DaemonConnection {
  readonly changed = new Signal<ConnectionState>()
  /** A connection was made and greeted: subscribe again. */
  readonly connected = new Signal<DaemonClient>()
  readonly notified = new Signal<{ method: NotificationName; payload: unknown }>()
  readonly #params: ConnectionParams
  #state: ConnectionState = { type: 'idle' }
  #client: DaemonClient | null = null
  #dialling: { readonly launch: boolean; readonly client: Promise<DaemonClient> } | null = null
  #holds = 0
  #losses = 0
  #cancelRetry: (() => void) | null = null
  #disposed = false

  constructor(params: ConnectionParams) {
    this.#params = params
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** The greeted client; connects, and starts the daemon, where that is needed. */
  use(): Promise<DaemonClient> {
    return this.#connect(true)
  }

  /** Connects if a daemon runs; never starts one. */
  async look(): Promise<void> {
    await this.#connect(false).catch(() => {})
  }

  async request<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
    const client = await this.use()
    return client.request(method, params)
  }

  /** Keeps the connection up from now until the answer is called. */
  hold(): () => void {
    this.#holds++
    if (!this.#client) void this.use().catch(() => {})
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#holds--
      if (this.#holds === 0) this.#stopRetry()
    }
  }

  /** Tries at once, whatever went before; starts a daemon only where somebody holds the connection. */
  retry(): void {
    this.#losses = 0
    if (!this.#client) void this.#connect(this.#holds > 0).catch(() => {})
  }

  dispose(): void {
    this.#disposed = true
    this.#stopRetry()
    this.#client?.close()
  }

  async #connect(launch: boolean): Promise<DaemonClient> {
    const blocked = this.#params.blocked()
    if (blocked) {
      this.#become({ type: 'failed', ...blocked })
      throw new Blocked(blocked)
    }
    if (this.#client) return this.#client
    const underWay = this.#dialling
    if (!underWay) return this.#dial(launch)
    if (underWay.launch || !launch) return underWay.client
    // Somebody only looked; who wants it started does not fail with them.
    return underWay.client.catch(() => this.#connect(launch))
  }

  #dial(launch: boolean): Promise<DaemonClient> {
    this.#stopRetry()
    this.#become({ type: 'connecting' })
    const client = this.#reach(launch).finally(() => {
      this.#dialling = null
    })
    this.#dialling = { launch, client }
    return client
  }

  async #reach(launch: boolean): Promise<DaemonClient> {
    try {
      const client = await this.#params.dial(launch)
      if (this.#disposed) client.close()
      const since = this.#params.now()
      let gone = false
      client.onAny((method, payload) => this.notified.emit({ method, payload }))
      void client.closed.then(() => {
        gone = true
        this.#lost(client, since)
      })
      await this.#params.greet(client)
      if (gone) throw new ConnectionClosed()
      this.#client = client
      this.#become({ type: 'connected' })
      this.connected.emit(client)
      return client
    } catch (error) {
      this.#become(launch ? { type: 'failed', ...this.#params.trouble(error) } : { type: 'idle' })
      this.#losses++
      this.#retryLater()
      throw error
    }
  }

  #lost(client: DaemonClient, since: number): void {
    if (this.#client !== client) return
    this.#client = null
    this.#losses = this.#params.now() - since >= stableMs ? 0 : this.#losses + 1
    this.#become(this.#holds > 0 ? { type: 'connecting' } : { type: 'idle' })
    this.#retryLater()
  }

  #retryLater(): void {
    if (this.#holds === 0 || this.#disposed || this.#cancelRetry) return
    const delay = this.#losses === 0 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (this.#losses - 1))
    this.#cancelRetry = this.#params.after(delay, () => {
      this.#cancelRetry = null
      if (!this.#client) void this.use().catch(() => {})
    })
  }

  #stopRetry(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = null
  }

  #become(state: ConnectionState): void {
    if (this.#disposed) return
    this.#state = state
    this.changed.emit(state)
  }
}

/** Nothing was asked of the daemon, for this reason. */
export class Blocked extends Error {
  readonly trouble: Trouble

  constructor(trouble: Trouble) {
    super(`${trouble.why} ${trouble.fix}`)
    this.name = 'Blocked'
    this.trouble = trouble
  }
}
