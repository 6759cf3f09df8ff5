import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { EventOf } from '#protocol/event.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { useScript, type Watched, watch } from '../support/conversation.ts'
import { removeLeftGroups } from '../support/leftGroups.ts'
import { startProgram } from '../support/programs.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

const isRoot = process.getuid?.() === 0
let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider | undefined
const trouble: string[] = []

/** Layers, homes and the log lie on a small disk; the user's folder does not. */
beforeEach(async ({ skip }) => {
  if (!isRoot) skip('a small disk of one’s own can only be mounted as root')
  daemon = testDaemon()
  mkdirSync(daemon.dataFolder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m,mode=0700', 'tmpfs', daemon.dataFolder])
  writeFileSync(join(daemon.folder, 'a.txt'), 'one\n')
  client = await daemon.connect()
  const { sandbox } = await client.request('sandbox/status', { folder: daemon.folder })
  if (sandbox.type !== 'ready') skip('this kernel’s tmpfs cannot hold layers')
  watched = await watch(client, (await client.request('session/create', { folder: daemon.folder })).session.id)
  trouble.length = 0
  client.on('session/trouble', ({ message }) => trouble.push(message))
})
afterEach(async () => {
  if (!isRoot) return
  await provider?.close()
  provider = undefined
  await daemon.kill()
  removeLeftGroups(daemon.dataFolder)
  execFileSync('umount', [daemon.dataFolder])
  await daemon.dispose()
})

const session = () => ({ session: watched.id })
const filler = () => join(daemon.dataFolder, 'filler')

/** Leaves so many bytes free. */
function fillUp(free: number): void {
  const [blocks = '0'] = execFileSync('stat', ['-f', '-c', '%a', daemon.dataFolder]).toString().trim().split(' ')
  writeFileSync(filler(), Buffer.alloc(Number(blocks) * 4096 - free))
}

async function run(
  ...commands: readonly (string | (() => string))[]
): Promise<{ end: { type: string }; said: string[] }> {
  const before = watched.ofType('toolFinished').length
  await provider?.close()
  provider = await useScript(client, ({ messages }) => {
    const lastUser = messages.findLastIndex(({ role }) => role === 'user')
    const next = commands[messages.slice(lastUser).filter(({ role }) => role === 'assistant').length]
    const command = typeof next === 'function' ? next() : next
    return command
      ? { type: 'reply', calls: [{ tool: 'exec', arguments: { command } }] }
      : { type: 'reply', text: 'Done.' }
  })
  const { task } = await client.request('task/submit', { ...session(), prompt: 'go' })
  const end = await watched.ended(task)
  const finished = watched.ofType('toolFinished') as EventOf<'toolFinished'>[]
  return { end, said: finished.slice(before).map(({ output }) => output) }
}

const layerText = async (path: string) =>
  (await client.request('change/read', { ...session(), path, side: 'layer' })).content

test('a disk that the agent’s own files fill: its program is told, what was done before stays and can be kept', async () => {
  const { end, said } = await run(
    'echo two > a.txt; echo new > b.txt',
    () => {
      fillUp(3 << 20)
      return 'head -c 8000000 /dev/zero > big; echo "exit $?"; rm big'
    },
    'cat a.txt b.txt',
  )
  expect(end).toMatchObject({ type: 'taskCompleted' })
  expect(said[1]).toMatch(/No space left on device/)
  expect(said[2]).toContain('two\nnew')
  expect(trouble).toEqual([])
  const { results } = await client.request('change/keep', session())
  expect(results).toMatchObject([
    { type: 'kept', path: 'a.txt' },
    { type: 'kept', path: 'b.txt' },
  ])
  expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toBe('two\n')
})

test('a disk that is full to its end: the task ends with that reason, told once, and nothing is lost', async () => {
  const { end } = await run('echo two > a.txt; echo new > b.txt', 'true')
  expect(end).toMatchObject({ type: 'taskCompleted' })
  const full = run(() => {
    fillUp(0)
    return 'head -c 100000 /dev/zero > c.bin; echo three > a.txt; echo "exit $?"'
  })
  // Where its end cannot be written it is told to those who watch, and written once there is room.
  await Promise.race([full, new Promise((resolve) => client.on('session/trouble', resolve))])
  expect((await client.request('daemon/status', {})).pid).toBe(client.pid)
  rmSync(filler())
  const { end: next, said } = await run('cat b.txt; echo three > a.txt')
  expect(next).toMatchObject({ type: 'taskCompleted' })
  expect(said.at(-1)).toContain('new')
  const ended = watched.state().tasks.map(({ state, failure }) => [state, failure?.code])
  expect(ended[1]).toEqual(['failed', 'storeUnavailable'])
  expect(trouble.length).toBeLessThanOrEqual(1)
  expect(await layerText('a.txt')).toEqual({ type: 'text', text: 'three\n' })
  await daemon.kill()
  client = await daemon.connect()
  expect(await layerText('b.txt')).toEqual({ type: 'text', text: 'new\n' })
  expect(readdirSync(daemon.folder)).toEqual(['a.txt'])
  expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toBe('one\n')
})

test('a full disk when something is kept: that is told, no file is half written, and keeping again goes on', async () => {
  await run('echo two > a.txt; for i in 1 2 3; do head -c 100000 /dev/urandom > file$i; done')
  fillUp(0)
  const keep = () => client.request('change/keep', session())
  await expect(keep()).rejects.toMatchObject({
    data: { type: 'storeUnavailable', why: expect.stringContaining('full') },
  })
  const sizes = () => readdirSync(daemon.folder).map((name) => [name, readFileSync(join(daemon.folder, name)).length])
  for (const [name, size] of sizes()) if (name !== 'a.txt') expect([name, size]).toEqual([name, 100_000])
  rmSync(filler())
  await keep()
  expect(sizes().map(([name]) => name)).toEqual(['a.txt', 'file1', 'file2', 'file3'])
  expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toBe('two\n')
  expect((await client.request('change/list', session())).changes).toEqual([])
})

test('a full disk when a sandbox is opened is told as such, and the session works when there is room', async () => {
  fillUp(0)
  const start = () => startProgram(client, { ...session(), command: 'cat a.txt' })
  const refusal = await start().then(
    () => undefined,
    (error) => error.data,
  )
  expect(refusal).toMatchObject({ fix: expect.any(String), why: expect.stringContaining('full') })
  rmSync(filler())
  const program = await start()
  expect(await program.ended).toEqual({ type: 'exited', code: 0 })
  expect(program.stdout()).toBe('one\n')
})
