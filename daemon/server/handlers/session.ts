import type { Session } from '../../session/session.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Caller } from '../caller.ts'
import { Subscription } from '../subscription.ts'
import type { Handlers } from './handler.ts'

const pageSize = 200
const catchUpLimit = 1000

export function sessionHandlers(
  sessions: Sessions,
): Handlers<
  | 'session/create'
  | 'session/list'
  | 'session/rename'
  | 'session/setMode'
  | 'session/delete'
  | 'session/subscribe'
  | 'session/unsubscribe'
  | 'session/history'
> {
  return {
    'session/create': async ({ folder, ...options }, { wire }) => ({
      session: await sessions.create(folder, options, wire.client),
    }),
    'session/setMode': async ({ session, mode }, { wire }) => {
      ;(await sessions.get(session)).setMode(mode, wire.client)
      return {}
    },
    'session/list': async ({ folder }) => ({ sessions: await sessions.list(folder) }),
    'session/rename': async ({ session, title }) => {
      ;(await sessions.get(session)).log.append({ type: 'sessionRenamed', title })
      return {}
    },
    'session/delete': async ({ session }, { wire }) => {
      await sessions.delete(session, wire.client)
      return {}
    },
    'session/subscribe': async ({ session, after }, caller) => subscribe(await sessions.get(session), after, caller),
    'session/unsubscribe': async ({ session }, { subscriptions }) => {
      // A subscription that was asked for before may still wait for the session to be loaded.
      if (!subscriptions.has(session)) await sessions.get(session).catch(() => {})
      subscriptions.get(session)?.end()
      subscriptions.delete(session)
      return {}
    },
    'session/history': async ({ session, before, limit }) => {
      const { log } = await sessions.get(session)
      const events = log.before(before, limit ?? pageSize)
      return { events, hasEarlier: (events[0]?.seq ?? 1) > 1 }
    },
  }
}

function subscribe({ log }: Session, after: number | undefined, caller: Caller) {
  const { state } = log
  const missed = after === undefined || after > state.seq ? [] : log.after(after, catchUpLimit)
  // All that was missed, or the newest page: never a part that ends before the state does.
  const gap = after === undefined || after > state.seq || (missed.at(-1)?.seq ?? state.seq) < state.seq
  const events = gap ? log.before(state.seq + 1, pageSize) : missed
  caller.subscriptions.get(log.id)?.end()
  // The client may have gone while the session was loaded, and nobody would end it then.
  if (!caller.ended.aborted) {
    caller.subscriptions.set(log.id, new Subscription(log, caller.wire, state.seq, log.live))
  }
  const first = events[0]?.seq ?? state.seq + 1
  return { state, events, gap: gap && after !== undefined, hasEarlier: first > 1, live: [...log.live.values()] }
}
