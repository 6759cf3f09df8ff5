import { expect, test } from 'vitest'
import type { SandboxInfo } from '#protocol/sandbox.ts'
import { FolderSandbox } from '../../extension/folderSandbox.ts'
import { fakeDaemon } from './fakeDaemon.ts'
import { sandboxInfo } from './sandboxInfo.ts'

async function setUp(sandboxes: SandboxInfo[]) {
  const disk = { home: 1, system: 2, layers: 3, snapshots: 4 }
  const daemon = fakeDaemon({
    'sandbox/list': () => ({ sandboxes }),
    'sandbox/inspect': () => ({ sandbox: sandboxInfo({ disk }) }),
  })
  let meant = '/w'
  const sandbox = new FolderSandbox(daemon.connection, () => ({ path: meant, isAt: (path) => path === meant }))
  await daemon.connection.use()
  await daemon.settle()
  return { daemon, sandbox, disk, mean: (folder: string) => (meant = folder) }
}

test('it is asked for once per connection, then kept by what the daemon says', async () => {
  const { daemon, sandbox } = await setUp([sandboxInfo({ folder: '/other' }), sandboxInfo()])
  expect(sandbox.info?.folder).toBe('/w')
  let heard = 0
  sandbox.changed.on(() => heard++)
  daemon.notify('sandbox/changed', { sandbox: sandboxInfo({ state: 'suspended' }) })
  daemon.notify('sandbox/changed', { sandbox: sandboxInfo({ folder: '/other', state: 'quarantined' }) })
  expect([sandbox.info?.state, heard]).toEqual(['suspended', 1])
  expect(daemon.asked()).toEqual(['sandbox/list {}'])
})

test('of one that is gone nothing is shown', async () => {
  const sandboxes = [sandboxInfo()]
  const { daemon, sandbox } = await setUp(sandboxes)
  sandboxes.length = 0
  daemon.notify('sandbox/changed', { sandbox: sandboxInfo({ state: 'absent' }) })
  await daemon.settle()
  expect(sandbox.info).toBeNull()
})

test('what it takes on the disk is counted when it is looked at, and again once a snapshot was taken', async () => {
  const { daemon, sandbox, disk } = await setUp([sandboxInfo()])
  daemon.asked()
  expect(await sandbox.disk()).toEqual(disk)
  daemon.notify('sandbox/changed', { sandbox: sandboxInfo() })
  expect(await sandbox.disk()).toEqual(disk)
  expect(daemon.asked()).toHaveLength(1)
  const snapshots = [{ name: 'one', at: 0, bytes: 1, kind: 'bubblewrap' as const }]
  daemon.notify('sandbox/changed', { sandbox: sandboxInfo({ snapshots }) })
  await sandbox.disk()
  expect(daemon.asked()).toEqual(['sandbox/inspect {"folder":"/w"}'])
})

test('another folder’s is shown once that is meant', async () => {
  const { sandbox, mean } = await setUp([sandboxInfo(), sandboxInfo({ folder: '/v', state: 'suspended' })])
  mean('/v')
  await sandbox.refresh()
  expect(sandbox.info?.state).toBe('suspended')
  mean('/u')
  await sandbox.refresh()
  expect(sandbox.info).toBeNull()
})

test('what was known of it goes with the daemon, and comes back with the next', async () => {
  const { daemon, sandbox } = await setUp([sandboxInfo()])
  daemon.cut()
  await daemon.settle()
  expect([sandbox.isKnown, sandbox.info]).toEqual([false, null])
  await daemon.connection.use()
  await daemon.settle()
  expect([sandbox.isKnown, sandbox.info?.state]).toEqual([true, 'ready'])
})
