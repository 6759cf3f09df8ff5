import type { MethodName, NotificationName, ParamsOf, PayloadOf, ResultOf } from '#protocol/methods.ts'

/** A greeted connection to the daemon. Nothing is retried or kept for later: when it is closed, connect again. */
export interface DaemonClient {
  readonly pid: number
  readonly build: string
  /** Rejects with a `DaemonError` whose `data` says what is wrong, or with `ConnectionClosed`. */
  request<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>
  /** Calls back for every such notification, in order, until the answer is called. */
  on<N extends NotificationName>(method: N, listener: (payload: PayloadOf<N>) => void): () => void
  /** Every notification, for relays. */
  onAny(listener: (method: NotificationName, payload: unknown) => void): () => void
  /** Settles when the connection ended, from whichever side. */
  readonly closed: Promise<void>
  close(): void
}

/** How this client starts a daemon where none runs. */
export interface Launch {
  /** A Node of version 24 or newer, or the editor's own binary. */
  readonly execPath: string
  /** The daemon's bundle: `dist/daemon/main.mjs`. */
  readonly entry: string
  /** The editor's binary runs as Node (ELECTRON_RUN_AS_NODE). */
  readonly electron?: boolean
  /** How long it stays without connection, task and sandbox; its own default (30) where absent. */
  readonly idleMinutes?: number
}

export interface ConnectParams {
  readonly client: { readonly name: string; readonly version: string }
  /** The build of this client: its version and content hash. A daemon of another build that is idle is replaced. */
  readonly build: string
  /** Without it, only a running daemon is found; where none is, `connect` rejects with `NoDaemon`. */
  readonly launch?: Launch
  /** `view`: this client only looks. */
  readonly role?: 'view'
  /** PADDOCK_HOME, or the platform's data folder, where absent. */
  readonly dataFolder?: string
}
