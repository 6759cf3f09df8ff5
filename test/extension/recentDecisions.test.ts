import { expect, test } from 'vitest'
import { type AuditEntry, RecentDecisions } from '../../extension/recentDecisions.ts'
import { fakeDaemon } from './fakeDaemon.ts'

function entry(seq: number, kind: AuditEntry['kind'] = 'call'): AuditEntry {
  const who = { type: 'policy', name: 'policy' } as const
  return { seq, at: 0, kind, verdict: 'allow', who, what: { text: String(seq) }, hash: '' }
}

async function setUp() {
  let entries: AuditEntry[] = [entry(3), entry(2, 'keep'), entry(1)]
  const timers: (() => void)[] = []
  const daemon = fakeDaemon({ 'audit/list': () => ({ entries }) })
  const decisions = new RecentDecisions({
    connection: daemon.connection,
    folder: () => '/w',
    after: (_, call) => {
      timers.push(call)
      return () => void timers.splice(timers.indexOf(call), 1)
    },
  })
  await daemon.connection.use()
  await daemon.settle()
  const add = (one: AuditEntry) => {
    entries = [one, ...entries]
  }
  return { daemon, decisions, timers, add }
}

test('while nobody looks nothing is asked', async () => {
  const { daemon, timers } = await setUp()
  daemon.notify('approval/changed', { approvals: [] })
  expect(daemon.asked()).toEqual([])
  expect(timers).toEqual([])
})

test('while somebody looks it follows what happens, once for many events', async () => {
  const { daemon, decisions, timers, add } = await setUp()
  decisions.watched = true
  await daemon.settle()
  expect(decisions.entries.map(({ seq }) => seq)).toEqual([3, 1])
  daemon.asked()
  add(entry(4))
  for (let times = 0; times < 10; times++) daemon.notify('policy/changed', { folder: '/w' })
  expect(timers).toHaveLength(1)
  timers.pop()!()
  await daemon.settle()
  expect(daemon.asked()).toHaveLength(1)
  expect(decisions.entries.map(({ seq }) => seq)).toEqual([4, 3, 1])
  daemon.notify('approval/changed', { approvals: [] })
  decisions.watched = false
  expect(timers).toEqual([])
})
