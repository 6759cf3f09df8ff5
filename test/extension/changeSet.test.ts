import { expect, test } from 'vitest'
import type { Change } from '#protocol/change.ts'
import type { LoggedEvent } from '#protocol/event.ts'
import { emptySession } from '#protocol/sessionState.ts'
import { ChangeSet } from '../../extension/changeSet.ts'
import { Subscriptions } from '../../extension/subscriptions.ts'
import { WindowSession } from '../../extension/windowSession.ts'
import { fakeDaemon } from './fakeDaemon.ts'

function change(path: string): Change {
  return { path, status: 'modified', kind: 'text', additions: 1, deletions: 0, baseMoved: false }
}

/** A daemon whose lists of changes are answered one by one, when the test says so. */
async function setUp() {
  const lists: { session: string; answer: (...paths: string[]) => void }[] = []
  const daemon = fakeDaemon({
    'session/subscribe': ({ session }) => {
      return { state: emptySession(session), events: [], gap: false, hasEarlier: false, live: [] }
    },
    'session/unsubscribe': () => ({}),
    'change/list': ({ session }) =>
      new Promise((resolve) => {
        lists.push({ session, answer: (...paths) => resolve({ revision: 1, changes: paths.map(change), skipped: [] }) })
      }),
  })
  const session = new WindowSession(daemon.connection, new Subscriptions(), { read: () => 's1', write: () => {} })
  const changes = new ChangeSet(daemon.connection, session)
  await daemon.connection.use()
  await daemon.settle()
  let seq = 0
  const happen = (event: LoggedEvent['event']) => {
    seq++
    daemon.notify('session/events', { session: session.id!, events: [{ seq, at: 0, event }] })
  }
  return { daemon, session, changes, lists, happen }
}

const moved = {
  type: 'changesChanged',
  revision: 1,
  files: 1,
  additions: 0,
  deletions: 0,
  paths: [] as string[],
} as const
const paths = (changes: ChangeSet) => changes.changes.map(({ path }) => path)

test('they are listed at first, and again when an event says that they moved', async () => {
  const { daemon, changes, lists, happen } = await setUp()
  lists[0]!.answer('a.js')
  await daemon.settle()
  expect(paths(changes)).toEqual(['a.js'])
  happen({ type: 'stepStarted', task: 't', step: 1 })
  await daemon.settle()
  expect(lists).toHaveLength(1)
  happen(moved)
  await daemon.settle()
  lists[1]!.answer('a.js', 'b.js')
  await daemon.settle()
  expect(paths(changes)).toEqual(['a.js', 'b.js'])
})

test.each([
  { type: 'changeKept', path: 'a.js', by: 'vscode' } as const,
  { type: 'changeDiscarded', path: 'a.js', by: 'vscode' } as const,
])('they are listed again after $type', async (event) => {
  const { daemon, lists, happen } = await setUp()
  lists[0]!.answer()
  await daemon.settle()
  happen(event)
  await daemon.settle()
  expect(lists).toHaveLength(2)
})

test('however many events come, one list is under way and one follows', async () => {
  const { daemon, changes, lists, happen } = await setUp()
  for (let i = 0; i < 50; i++) happen(moved)
  await daemon.settle()
  expect(lists).toHaveLength(1)
  lists[0]!.answer('old')
  await daemon.settle()
  expect(lists).toHaveLength(2)
  lists[1]!.answer('new')
  await daemon.settle()
  expect(lists).toHaveLength(2)
  expect(paths(changes)).toEqual(['new'])
})

test('a late list of another session is not shown', async () => {
  const { daemon, session, changes, lists } = await setUp()
  session.select('s2')
  await daemon.settle()
  lists[0]!.answer('of-s1')
  await daemon.settle()
  expect(paths(changes)).toEqual([])
  expect(lists[1]!.session).toBe('s2')
  lists[1]!.answer('of-s2')
  await daemon.settle()
  expect(paths(changes)).toEqual(['of-s2'])
})
