import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { EventOf } from '#protocol/event.ts'
import type { ScriptedCall, ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider | undefined
let scratch: string

/** The daemon gets a user and a mount namespace of its own, so that what is taken from it nobody else misses. */
beforeEach(async ({ skip }) => {
  try {
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'true'], { stdio: 'ignore' })
  } catch {
    skip('this machine lets nobody make namespaces')
  }
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-faults-')))
  const execPath = join(scratch, 'node')
  const become = 'exec unshare --user --map-root-user --mount --propagation private --'
  writeFileSync(execPath, `#!/bin/sh\n${become} '${process.execPath}' "$@"\n`)
  chmodSync(execPath, 0o755)
  daemon = testDaemon({ execPath })
  writeFileSync(join(daemon.folder, 'a.txt'), 'one\n')
  client = await daemon.connect('window 1')
  watched = await watch(client, (await client.request('session/create', { folder: daemon.folder })).session.id)
})
afterEach(async () => {
  await provider?.close()
  provider = undefined
  await daemon?.dispose()
  if (scratch) rmSync(scratch, { recursive: true })
})

/** In the daemon's namespaces, as their root. */
function inside(script: string): void {
  execFileSync('nsenter', [
    '--target',
    `${client.pid}`,
    '--user',
    '--mount',
    '--preserve-credentials',
    'sh',
    '-c',
    script,
  ])
}

const bwrap = ['/usr/bin/bwrap', '/bin/bwrap', '/usr/local/bin/bwrap'].find((path) => existsSync(path))
const faults = [
  {
    name: 'bubblewrap missing',
    begin: `mount --bind /dev/null ${bwrap}`,
    end: `umount ${bwrap}`,
    why: /bwrap/,
    fix: /install/i,
  },
  {
    name: 'user namespaces refused',
    begin: 'echo 0 > /proc/sys/user/max_user_namespaces',
    end: 'echo 1000 > /proc/sys/user/max_user_namespaces',
    why: /user namespaces/,
    fix: /max_user_namespaces/,
  },
]

const session = () => ({ session: watched.id })
const submit = async () => (await client.request('task/submit', { ...session(), prompt: 'go' })).task
const exec = (command: string, more = {}): ScriptedCall => ({ tool: 'exec', arguments: { command, ...more } })
async function script(...steps: readonly (readonly ScriptedCall[])[]): Promise<void> {
  await provider?.close()
  provider = await scriptSteps(client, steps)
}
const status = async () => (await client.request('sandbox/status', { folder: daemon.folder })).sandbox
const listed = async () => (await client.request('change/list', session())).changes.map(({ path }) => path)

describe.each(faults)('$name, in a running daemon', ({ begin, end, why, fix }) => {
  test('one clear reason, nothing runs anywhere, and the same session works when it is back', async () => {
    await script([exec('echo two > a.txt')])
    expect(await watched.ended(await submit())).toMatchObject({ type: 'taskCompleted' })
    inside(begin)
    const mark = join(scratch, 'ran')
    await script([exec(`touch ${mark}; echo ran > ran.txt`)])
    const task = await submit()
    const failed = (await watched.ended(task)) as EventOf<'taskFailed'>
    expect(failed).toMatchObject({ type: 'taskFailed', failure: { code: 'sandboxUnavailable' } })
    expect(failed.failure.message).toMatch(why)
    expect(failed.failure.fix).toMatch(fix)
    expect(await status()).toMatchObject({ type: 'unavailable', why: expect.stringMatching(why) })
    expect((await client.request('daemon/status', {})).runningTasks).toBe(0)
    // What needs no sandbox goes on; what does says the same.
    expect(await listed()).toEqual(['a.txt'])
    const refused = { data: { type: 'sandboxUnavailable', why: expect.stringMatching(why) } }
    await expect(client.request('process/start', { ...session(), command: 'true' })).rejects.toMatchObject(refused)
    await expect(client.request('change/discard', session())).rejects.toMatchObject(refused)
    expect([existsSync(mark), existsSync(join(daemon.folder, 'ran.txt'))]).toEqual([false, false])
    inside(end)
    expect(await status()).toMatchObject({ type: 'ready' })
    await client.request('task/resume', { ...session(), task })
    await watched.until((event) => event.type === 'taskCompleted' && event.task === task)
    expect(await listed()).toEqual(['a.txt', 'ran.txt'])
    expect(existsSync(mark)).toBe(false)
    expect(watched.ofType('taskFailed')).toHaveLength(1)
    expect(readdirSync(daemon.folder)).toEqual(['a.txt'])
  })

  test('what was allowed before its call could begin is not asked again', async () => {
    await script([exec('true')], [exec('echo asked > b.txt', { network: true })])
    const task = await submit()
    const { id: approval } = await watched.asked()
    inside(begin)
    // The sandbox that is open ends; no other one can be opened.
    await client.request('sandbox/quarantine', { folder: daemon.folder, why: 'a test' })
    await client.request('sandbox/resume', { folder: daemon.folder })
    await client.request('approval/answer', { approval, outcome: { type: 'allowOnce' } })
    expect(await watched.ended(task)).toMatchObject({ type: 'taskFailed', failure: { code: 'sandboxUnavailable' } })
    inside(end)
    await client.request('task/resume', { ...session(), task })
    await watched.until((event) => event.type === 'taskCompleted' && event.task === task)
    expect(watched.ofType('approvalAsked')).toHaveLength(1)
    expect(watched.ofType('approvalAnswered')).toHaveLength(1)
    expect(await listed()).toEqual(['b.txt'])
  })
})
