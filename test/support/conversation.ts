import type { DaemonClient } from '#client/daemonClient.ts'
import type { Approval } from '#protocol/approval.ts'
import type { LoggedEvent, SessionEvent, SessionEventType } from '#protocol/event.ts'
import type { SessionState } from '#protocol/session.ts'
import { reduce } from '#protocol/sessionState.ts'
import {
  type Script,
  type ScriptedCall,
  type ScriptedProvider,
  startScriptedProvider,
} from '../../daemon/agent/models/scripted.ts'

/** A client that watches one session, as a window does: events in order, the reduced state, and waiting for facts. */
export interface Watched {
  readonly id: string
  readonly events: LoggedEvent[]
  state(): SessionState
  /** The first event, past or to come, that fits. */
  until(fits: (event: SessionEvent) => boolean): Promise<LoggedEvent>
  /** The end of this task. */
  ended(task: string): Promise<SessionEvent>
  /** The approval that is asked after this many earlier ones. */
  asked(number?: number): Promise<Approval>
  ofType(type: SessionEventType): SessionEvent[]
}

export async function watch(client: DaemonClient, session: string): Promise<Watched> {
  const events: LoggedEvent[] = []
  const waiting = new Set<() => void>()
  let state: SessionState | undefined
  client.on('session/events', (payload) => {
    if (payload.session !== session) return
    for (const logged of payload.events) {
      if (state && logged.seq !== state.seq + 1) throw new Error(`event ${logged.seq} follows ${state.seq}`)
      if (state) state = reduce(state, logged)
      events.push(logged)
    }
    for (const look of [...waiting]) look()
  })
  const answer = await client.request('session/subscribe', { session, after: 0 })
  events.unshift(...answer.events)
  state = answer.state
  const watched: Watched = {
    id: session,
    events,
    state: () => state as SessionState,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = events.find(({ event }) => fits(event))
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        void client.closed.then(() => reject(new Error('the connection ended')))
        look()
      }),
    async ended(task) {
      const isEnd = (event: SessionEvent) =>
        (event.type === 'taskCompleted' || event.type === 'taskFailed' || event.type === 'taskCancelled') &&
        event.task === task
      return (await watched.until(isEnd)).event
    },
    async asked(number = 1) {
      let count = 0
      const { event } = await watched.until((each) => {
        if (each === events[0]?.event) count = 0
        return each.type === 'approvalAsked' && ++count === number
      })
      return (event as Extract<SessionEvent, { type: 'approvalAsked' }>).approval
    },
    ofType: (type) => events.map(({ event }) => event).filter((event) => event.type === type),
  }
  return watched
}

/** Puts a scripted provider behind the daemon. Each of `steps` is the calls of one reply; after them it says "Done." */
export async function scriptSteps(
  client: DaemonClient,
  steps: readonly (readonly ScriptedCall[])[],
): Promise<ScriptedProvider> {
  return useScript(client, ({ messages }) => {
    const lastUser = messages.findLastIndex(({ role }) => role === 'user')
    const done = messages.slice(lastUser).filter(({ role }) => role === 'assistant').length
    const calls = steps[done]
    return calls ? { type: 'reply', text: `Step ${done + 1}.`, calls } : { type: 'reply', text: 'Done.' }
  })
}

export async function useScript(client: DaemonClient, script: Script): Promise<ScriptedProvider> {
  const provider = await startScriptedProvider(script)
  const { baseUrl, apiKey, model } = provider
  await client.request('model/configure', { baseUrl, apiKey, model })
  return provider
}
