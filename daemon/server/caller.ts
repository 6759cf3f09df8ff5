import type { Role } from '#protocol/daemon.ts'
import type { Subscription } from './subscription.ts'
import type { Wire } from './wire.ts'

/** Whoever sent a request: what a handler may know and keep of it. */
export interface Caller {
  readonly wire: Wire
  readonly role: Role
  /** By session id; ended with the connection. */
  readonly subscriptions: Map<string, Subscription>
  /** Aborted when the connection ends. */
  readonly ended: AbortSignal
}
