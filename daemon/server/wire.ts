import type { NotificationName, PayloadOf } from '#protocol/methods.ts'

/** The sending half of one client's connection. Never queues beyond its limit: who is not `ready` waits for `onReady`. */
export interface Wire {
  /** Who is at the other end, for the record: `vscode`, `cli`. */
  readonly client: string
  /** The other end reads fast enough. */
  readonly ready: boolean
  send<N extends NotificationName>(method: N, payload: PayloadOf<N>): void
}
