import type { NotificationName, PayloadOf } from '#protocol/methods.ts'

/** The sending half of one client's connection: who has much to say waits while it is not `ready`. */
export interface Wire {
  /** Who is at the other end, for the record: `vscode`, `cli`. */
  readonly client: string
  /** The other end reads fast enough. When it does again, subscriptions are pumped. */
  readonly ready: boolean
  send<N extends NotificationName>(method: N, payload: PayloadOf<N>): void
}
