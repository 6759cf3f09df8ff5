import { expect, test } from 'vitest'
import { FolderPolicy, type PolicySourceInfo } from '../../extension/folderPolicy.ts'
import { fakeDaemon } from './fakeDaemon.ts'

const source: PolicySourceInfo = {
  source: 'user',
  path: '/home/me/.config/paddock/policy.yaml',
  exists: false,
  tightensOnly: false,
  holds: false,
  rules: [],
  troubles: [],
}

async function setUp(folder: string | null = '/w') {
  const daemon = fakeDaemon({ 'policy/sources': () => ({ sources: [source] }) })
  const policy = new FolderPolicy(daemon.connection, () =>
    folder === null ? null : { path: folder, isAt: (path) => path === folder },
  )
  await daemon.connection.use()
  await daemon.settle()
  return { daemon, policy }
}

test('is asked once when a daemon is there, and again when it says that something changed', async () => {
  const { daemon, policy } = await setUp()
  expect(policy.sources).toEqual([source])
  expect(daemon.asked()).toEqual(['policy/sources {"folder":"/w"}'])
  daemon.notify('policy/changed', { folder: '/elsewhere' })
  await daemon.settle()
  expect(daemon.asked()).toEqual([])
  for (let times = 0; times < 5; times++) daemon.notify('policy/changed', { folder: '/w' })
  await daemon.settle()
  expect(daemon.asked().length).toBeLessThanOrEqual(2)
})

test('without a folder nothing is asked', async () => {
  const { daemon, policy } = await setUp(null)
  expect(daemon.asked()).toEqual([])
  expect(policy.sources).toEqual([])
})
