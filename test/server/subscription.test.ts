import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import type { Caller } from '../../daemon/server/caller.ts'
import { sessionHandlers } from '../../daemon/server/handlers/session.ts'
import type { Subscription } from '../../daemon/server/subscription.ts'
import { SessionLog } from '../../daemon/session/log.ts'
import type { Sessions } from '../../daemon/session/sessions.ts'
import { sqliteStore } from '../../daemon/session/sqliteStore.ts'

let log: SessionLog
let ended: AbortController
let caller: Caller & { readonly sent: string[] }
beforeEach(() => {
  log = new SessionLog(sqliteStore(':memory:'), 's_1')
  log.append({ type: 'sessionCreated', folder: '/project', title: '' })
  ended = new AbortController()
  const sent: string[] = []
  const wire = { client: 'window 1', ready: true, send: (method: string) => void sent.push(method) }
  caller = { wire, role: 'full', subscriptions: new Map<string, Subscription>(), ended: ended.signal, sent }
})

const handlers = () => sessionHandlers({ get: async () => ({ log }) } as unknown as Sessions)

test('a session was followed for ever by a client that went while the session was loaded', async () => {
  const answer = handlers()['session/subscribe']({ session: 's_1' }, caller)
  ended.abort()
  expect(await answer).toMatchObject({ state: { id: 's_1' } })
  expect([log.watchers, caller.subscriptions.size]).toEqual([0, 0])
})

test('a session was followed for ever by a client that had left it while it was loaded', async () => {
  const { 'session/subscribe': subscribe, 'session/unsubscribe': unsubscribe } = handlers()
  const both = [subscribe({ session: 's_1' }, caller), unsubscribe({ session: 's_1' }, caller)]
  await Promise.all(both)
  expect([log.watchers, caller.subscriptions.size]).toEqual([0, 0])
})

test('a session was told of once more to a client that had left it again', async () => {
  const { 'session/subscribe': subscribe, 'session/unsubscribe': unsubscribe } = handlers()
  await subscribe({ session: 's_1' }, caller)
  log.append({ type: 'sessionRenamed', title: 'Other' })
  await unsubscribe({ session: 's_1' }, caller)
  await turn()
  expect([caller.sent, log.watchers]).toEqual([[], 0])
  await subscribe({ session: 's_1' }, caller)
  log.append({ type: 'sessionRenamed', title: 'Third' })
  await turn()
  expect([caller.sent, log.watchers]).toEqual([['session/events'], 1])
})
