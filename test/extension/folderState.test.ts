import { expect, test } from 'vitest'
import type { Approval } from '#protocol/approval.ts'
import type { SessionSummary } from '#protocol/session.ts'
import { FolderState } from '../../extension/folderState.ts'
import { fakeDaemon } from './fakeDaemon.ts'

function session(id: string, more: Partial<SessionSummary> = {}): SessionSummary {
  const none = { createdAt: 0, updatedAt: 0, approvals: 0, changedFiles: 0 }
  return { id, folder: '/w', title: id, state: 'idle', ...none, ...more }
}

function approval(id: string, of: string, askedAt = 0): Approval {
  const action = { type: 'read', path: '/etc/passwd' } as const
  const call = { task: 't', call: 'c', tool: 'read_file', hash: '', risk: 'high', reason: '' } as const
  return { id, session: of, action, askedAt, ...call }
}

async function setUp(sessions: SessionSummary[], approvals: Approval[] = []) {
  const daemon = fakeDaemon({
    'session/list': () => ({ sessions }),
    'approval/list': () => ({ approvals }),
  })
  const state = new FolderState(daemon.connection, (folder) => folder === '/w')
  await daemon.connection.use()
  await daemon.settle()
  return { daemon, state }
}

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id)

test('sessions of this folder, the newest first', async () => {
  const { state } = await setUp([
    session('old', { updatedAt: 1 }),
    session('new', { updatedAt: 2 }),
    session('elsewhere', { folder: '/other' }),
  ])
  expect(ids(state.sessions)).toEqual(['new', 'old'])
})

test('approvals of other folders are not asked here', async () => {
  const { state } = await setUp(
    [session('s1'), session('s2', { folder: '/other' })],
    [approval('late', 's1', 2), approval('early', 's1', 1), approval('theirs', 's2')],
  )
  expect(ids(state.approvals)).toEqual(['early', 'late'])
})

test('an approval of a session that is not known yet shows when the session does', async () => {
  const { daemon, state } = await setUp([])
  daemon.notify('approval/changed', { approvals: [approval('a', 'fresh')] })
  expect(state.approvals).toEqual([])
  daemon.notify('session/changed', { session: session('fresh') })
  expect(ids(state.approvals)).toEqual(['a'])
  daemon.notify('approval/changed', { approvals: [] })
  expect(state.approvals).toEqual([])
})

test('a deleted session is gone', async () => {
  const { daemon, state } = await setUp([session('s1')])
  daemon.notify('session/deleted', { session: 's1' })
  expect(state.sessions).toEqual([])
})

test('while an agent works the connection is kept up, and let go after', async () => {
  const { daemon } = await setUp([session('s1', { state: 'running' })])
  daemon.cut()
  await daemon.settle()
  expect(daemon.connection.state.type).toBe('connecting')
  daemon.passPauses()
  await daemon.settle()
  expect(daemon.connection.state.type).toBe('connected')
  daemon.notify('session/changed', { session: session('s1') })
  daemon.cut()
  await daemon.settle()
  expect(daemon.connection.state.type).toBe('idle')
})
