import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { useScript, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

const isRoot = process.getuid?.() === 0
let daemon: TestDaemon
let client: DaemonClient
let provider: ScriptedProvider | undefined
beforeEach(async ({ skip }) => {
  if (!isRoot) skip('a small disk of one’s own can only be mounted as root')
  daemon = testDaemon()
  mkdirSync(daemon.dataFolder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m,mode=0700', 'tmpfs', daemon.dataFolder])
  client = await daemon.connect()
})
afterEach(async () => {
  if (!isRoot) return
  await provider?.close()
  await daemon.kill()
  execFileSync('umount', [daemon.dataFolder])
  await daemon.dispose()
})

function fillDisk(): void {
  const full = () => {
    for (let i = 0; ; i++) writeFileSync(join(daemon.dataFolder, `filler${i}`), Buffer.alloc(64 * 1024), { flag: 'wx' })
  }
  expect(full).toThrow(/ENOSPC/)
}

function freeDisk(): void {
  execFileSync('sh', ['-c', 'rm -f "$1"/filler*', 'sh', daemon.dataFolder])
}

test('a full disk is told as such, loses nothing that was acknowledged, and is mended by free space', async () => {
  const { session } = await client.request('session/create', { folder: daemon.folder, title: 'before' })
  let watched = await watch(client, session.id)
  await client.request('session/rename', { session: session.id, title: 'acknowledged' })
  await watched.until((event) => event.type === 'sessionRenamed')
  fillDisk()
  const refusal = (request: Promise<unknown>) =>
    expect(request).rejects.toMatchObject({ data: { type: 'storeUnavailable' } })
  // A page of the log may still have room for a small event or two; a large one it has not.
  const large = 'x'.repeat(300_000)
  await refusal(client.request('task/submit', { session: session.id, prompt: large }))
  expect((await client.request('daemon/status', {})).pid).toBe(client.pid)
  freeDisk()
  provider = await useScript(client, () => ({ type: 'reply', text: 'Done.' }))
  const { task } = await client.request('task/submit', { session: session.id, prompt: 'go on' })
  expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
  const acknowledged = [...watched.events]
  await daemon.kill()
  client = await daemon.connect()
  watched = await watch(client, session.id)
  expect(watched.events).toEqual(acknowledged)
  expect(watched.state().title).toBe('acknowledged')
})

test('a task on a disk that fills up while it runs ends with the reason once there is room, and the daemon lives', async () => {
  const { session } = await client.request('session/create', { folder: daemon.folder })
  const watched = await watch(client, session.id)
  const trouble = new Promise<string>((resolve) => client.on('session/trouble', ({ message }) => resolve(message)))
  provider = await useScript(client, () => {
    fillDisk()
    return { type: 'reply', text: 'x'.repeat(300_000) }
  })
  await client.request('task/submit', { session: session.id, prompt: 'go' })
  expect(await trouble).toMatch(/disk is full/)
  expect((await client.request('daemon/status', {})).runningTasks).toBe(0)
  freeDisk()
  await provider.close()
  provider = await useScript(client, () => ({ type: 'reply', text: 'Done.' }))
  const { task } = await client.request('task/submit', { session: session.id, prompt: 'again' })
  await watched.ended(task)
  expect(watched.state().tasks).toMatchObject([
    { state: 'failed', failure: { code: 'storeUnavailable', fix: expect.stringContaining('space') } },
    { id: task, state: 'completed' },
  ])
})
