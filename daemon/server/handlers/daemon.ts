import type { ResultOf } from '#protocol/methods.ts'
import type { Handlers } from './handler.ts'

/** What handlers may ask of the daemon itself. */
export interface Life {
  status(): ResultOf<'daemon/status'>
  /** True where it waits for running tasks to end. */
  shutdown(whenIdle: boolean): boolean
}

export function daemonHandlers(life: Life): Handlers<'daemon/status' | 'daemon/shutdown'> {
  return {
    'daemon/status': () => life.status(),
    'daemon/shutdown': ({ whenIdle }) => ({ pending: life.shutdown(whenIdle) }),
  }
}
