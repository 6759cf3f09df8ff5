import { expect, test } from 'vitest'
import type { LoggedEvent, SessionEvent } from '#protocol/event.ts'
import { emptySession, reduce } from '#protocol/sessionState.ts'
import { Subscriptions } from '../../extension/subscriptions.ts'
import { WindowSession } from '../../extension/windowSession.ts'
import { fakeDaemon, refused } from './fakeDaemon.ts'

/** A daemon whose sessions are what their logs say. */
function setUp(remembered: string | null = null) {
  const logs = new Map<string, LoggedEvent[]>()
  const memory: (string | null)[] = [remembered]
  const daemon = fakeDaemon({
    'session/subscribe': ({ session }) => {
      const events = logs.get(session) ?? refused({ type: 'sessionNotFound', session })
      return { state: events.reduce(reduce, emptySession(session)), events, gap: false, hasEarlier: false, live: [] }
    },
    'session/unsubscribe': () => ({}),
  })
  const append = (session: string, ...events: SessionEvent[]): LoggedEvent[] => {
    const log = logs.get(session) ?? []
    logs.set(session, log)
    const logged = events.map((event, index) => ({ seq: log.length + index + 1, at: 0, event }))
    log.push(...logged)
    return logged
  }
  const subscriptions = new Subscriptions()
  const session = new WindowSession(daemon.connection, subscriptions, {
    read: () => memory.at(-1) ?? null,
    write: (id) => void memory.push(id),
  })
  return { daemon, session, append, memory, subscriptions }
}

const created: SessionEvent = { type: 'sessionCreated', folder: '/w', title: 'One' }
const submitted = (task: string): SessionEvent => ({ type: 'taskSubmitted', task, prompt: 'do' })

test('the session of before a reload is followed as soon as there is a daemon', async () => {
  const { daemon, session, append } = setUp('s1')
  append('s1', created)
  await daemon.connection.use()
  await daemon.settle()
  expect(session.state?.title).toBe('One')
  expect(daemon.asked()).toEqual(['session/subscribe {"session":"s1"}'])
})

test('events move the state through the reducer, and a replay changes nothing', async () => {
  const { daemon, session, append } = setUp('s1')
  append('s1', created)
  await daemon.connection.use()
  await daemon.settle()
  const heard: string[] = []
  session.moved.on(({ events }) => heard.push(...events.map(({ event }) => event.type)))
  const events = append('s1', submitted('t1'))
  daemon.notify('session/events', { session: 's1', events })
  daemon.notify('session/events', { session: 's1', events })
  expect(session.state?.tasks.map(({ id }) => id)).toEqual(['t1'])
  expect(heard).toEqual(['taskSubmitted'])
})

test('after a gap the state is read anew', async () => {
  const { daemon, session, append } = setUp('s1')
  append('s1', created)
  await daemon.connection.use()
  await daemon.settle()
  append('s1', submitted('missed'))
  daemon.notify('session/events', { session: 's1', events: append('s1', submitted('t2')) })
  await daemon.settle()
  expect(session.state?.tasks.map(({ id }) => id)).toEqual(['missed', 't2'])
})

test('events of other sessions are not ours', async () => {
  const { daemon, session, append } = setUp('s1')
  append('s1', created)
  await daemon.connection.use()
  await daemon.settle()
  daemon.notify('session/events', { session: 's2', events: append('s2', created, submitted('x')) })
  expect(session.state?.tasks).toEqual([])
})

test('another session is followed instead, and remembered', async () => {
  const { daemon, session, append, memory } = setUp('s1')
  append('s1', created)
  append('s2', { ...created, title: 'Two' })
  await daemon.connection.use()
  await daemon.settle()
  daemon.asked()
  session.select('s2')
  expect(session.state).toBeNull()
  await daemon.settle()
  expect(session.state?.title).toBe('Two')
  expect(memory.at(-1)).toBe('s2')
  expect(daemon.asked()).toEqual(['session/unsubscribe {"session":"s1"}', 'session/subscribe {"session":"s2"}'])
})

test('what the page still follows is not unsubscribed', async () => {
  const { daemon, session, append, subscriptions } = setUp('s1')
  append('s1', created)
  await daemon.connection.use()
  await daemon.settle()
  daemon.asked()
  subscriptions.add('page', 's1')
  session.select(null)
  expect(daemon.asked()).toEqual([])
})

test('a session that is gone is forgotten, also while the window is open', async () => {
  const { daemon, session, append, memory } = setUp('gone')
  await daemon.connection.use()
  await daemon.settle()
  expect(session.id).toBeNull()
  append('s1', created)
  session.select('s1')
  await daemon.settle()
  daemon.notify('session/deleted', { session: 's1' })
  expect([session.id, session.state, memory.at(-1)]).toEqual([null, null, null])
})

test('after the daemon came back it follows again and has what happened meanwhile', async () => {
  const { daemon, session, append } = setUp('s1')
  append('s1', created)
  daemon.connection.hold()
  await daemon.settle()
  daemon.cut()
  await daemon.settle()
  append('s1', submitted('meanwhile'))
  daemon.passPauses()
  await daemon.settle()
  expect(session.state?.tasks.map(({ id }) => id)).toEqual(['meanwhile'])
})
