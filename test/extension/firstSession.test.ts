import { expect, test } from 'vitest'
import type { SessionSummary } from '#protocol/session.ts'
import { beginWith, firstSession } from '../../extension/firstSession.ts'
import { FolderState } from '../../extension/folderState.ts'
import { Subscriptions } from '../../extension/subscriptions.ts'
import { WindowSession } from '../../extension/windowSession.ts'
import { fakeDaemon, refused } from './fakeDaemon.ts'

function session(id: string, more: Partial<SessionSummary> = {}): SessionSummary {
  const none = { createdAt: 0, updatedAt: 0, approvals: 0, changedFiles: 0 }
  return { id, folder: '/w', title: id, state: 'idle', ...none, ...more }
}

test.each<[string, SessionSummary[], string | undefined]>([
  [
    'one that waits, though another is newer',
    [session('new', { state: 'running' }), session('w', { state: 'waiting' })],
    'w',
  ],
  ['one at work', [session('new', { changedFiles: 3 }), session('busy', { state: 'running' })], 'busy'],
  ['the newest, for what it left to review', [session('new', { changedFiles: 1 }), session('old')], 'new'],
  ['none where only an old one left changes', [session('new'), session('old', { changedFiles: 2 })], undefined],
  ['none where there is none', [], undefined],
])('a fresh window begins with %s', (_, sessions, id) => expect(firstSession(sessions)?.id).toBe(id))

/** A window that remembers this, over a daemon with these sessions. */
async function open(remembered: string | null | undefined, sessions: SessionSummary[]) {
  const daemon = fakeDaemon({
    'session/list': () => ({ sessions }),
    'approval/list': () => ({ approvals: [] }),
    'session/subscribe': ({ session: id }) => refused({ type: 'sessionBusy', session: id }),
    'session/unsubscribe': () => ({}),
  })
  const memory = [remembered]
  const shown = new WindowSession(daemon.connection, new Subscriptions(), {
    read: () => memory.at(-1),
    write: (id) => void memory.push(id),
  })
  const state = new FolderState(daemon.connection, () => true)
  beginWith(state, shown, ({ folder }) => folder === '/w')
  await daemon.connection.use()
  await daemon.settle()
  return { daemon, shown, state }
}

test('a fresh window shows the session that waits for an approval, not the empty page', async () => {
  const { shown } = await open(undefined, [session('asks', { state: 'waiting' })])
  expect(shown.id).toBe('asks')
})

test('the empty page that was chosen stays, and so does a chosen session', async () => {
  expect((await open(null, [session('asks', { state: 'waiting' })])).shown.id).toBeNull()
  expect((await open('mine', [session('mine'), session('asks', { state: 'waiting' })])).shown.id).toBe('mine')
})

test('sessions of another folder of the window are not meant', async () => {
  const { shown } = await open(undefined, [session('asks', { state: 'waiting', folder: '/other' })])
  expect(shown.id).toBeNull()
})

test('a task that begins elsewhere later does not push the empty page aside', async () => {
  const sessions: SessionSummary[] = []
  const { shown, state } = await open(undefined, sessions)
  sessions.push(session('cli', { state: 'running' }))
  await state.refresh()
  expect(shown.id).toBeNull()
})
