import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, watch } from '../support/conversation.ts'
import { eventually } from '../support/eventually.ts'
import { startProgram } from '../support/programs.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let provider: ScriptedProvider | undefined
/** Of the machine, outside every workspace and sandbox. */
let outside: string
beforeEach(async () => {
  daemon = testDaemon()
  outside = join(daemon.dataFolder, '..', 'outside')
  mkdirSync(outside)
})
afterEach(async () => {
  await provider?.close()
  provider = undefined
  await daemon.dispose()
  vi.unstubAllEnvs()
})

const allow = (allowNone = true) =>
  client.request('sandbox/configure', { folder: daemon.folder, settings: { allowNone } })
const create = () => client.request('session/create', { folder: daemon.folder, sandbox: 'none' })
const unavailable = (kind: string) => ({ data: { type: 'sandboxUnavailable', kind, fix: expect.any(String) } })

test('is refused until the workspace’s settings allow it, and told what to do', async () => {
  client = await daemon.connect()
  await expect(create()).rejects.toMatchObject(unavailable('none'))
  expect((await client.request('session/list', {})).sessions).toEqual([])
  await allow()
  expect((await create()).session.unsandboxed).toBe(true)
})

test('is refused whatever is set where whoever manages the machine forbids it', async () => {
  vi.stubEnv('PADDOCK_FORBID_NONE', '1')
  client = await daemon.connect()
  await expect(allow()).rejects.toMatchObject({ data: { type: 'settingRefused', setting: 'allowNone' } })
  await expect(create()).rejects.toMatchObject(unavailable('none'))
})

test('shows in the summary, in the state and in the log, and no other session has it', async () => {
  client = await daemon.connect()
  await allow()
  const { session } = await create()
  const other = (await client.request('session/create', { folder: daemon.folder })).session
  expect(other).not.toHaveProperty('unsandboxed')
  const { sessions } = await client.request('session/list', { folder: daemon.folder })
  expect(sessions.map(({ id, unsandboxed = false }) => [id, unsandboxed])).toEqual(
    expect.arrayContaining([
      [session.id, true],
      [other.id, false],
    ]),
  )
  const watched = await watch(client, session.id)
  expect(watched.state().unsandboxed).toBe(true)
  expect(watched.ofType('sessionCreated')).toMatchObject([{ sandbox: 'none' }])
})

test('a question of an earlier daemon about the copy was denied, as outside of the workspace, when any rule changed', async () => {
  client = await daemon.connect()
  await allow()
  const { session } = await create()
  await client.request('session/setMode', { session: session.id, mode: 'ask' })
  let watched = await watch(client, session.id)
  const write = [{ tool: 'write_file', arguments: { path: 'a.txt', content: 'one' } }]
  provider = await scriptSteps(client, [write])
  const { task } = await client.request('task/submit', { session: watched.id, prompt: 'go' })
  const copy = join(daemon.dataFolder, 'layers', watched.id, 'copy')
  const asked = await watched.asked()
  expect(asked).toMatchObject({ action: { path: join(copy, 'a.txt') }, root: copy })
  await daemon.kill()
  client = await daemon.connect()
  watched = await watch(client, session.id)
  const rules = [{ verdict: 'deny' as const, program: ['never'] }]
  await client.request('policy/addRules', { folder: daemon.folder, source: 'workspace', rules })
  await client.request('policy/explain', { folder: daemon.folder, session: session.id, actions: ['ls'] })
  expect((await client.request('approval/list', {})).approvals).toMatchObject([{ id: asked.id }])
  await provider.close()
  provider = await scriptSteps(client, [write, []])
  await client.request('approval/answer', { approval: asked.id, outcome: { type: 'allowOnce' } })
  expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
  expect(readFileSync(join(copy, 'a.txt'), 'utf8')).toBe('one')
})

test('each command is asked about; the agent works in a copy, and what it did there can be kept', async () => {
  client = await daemon.connect()
  writeFileSync(join(daemon.folder, 'a.txt'), 'one\n')
  await allow()
  const watched = await watch(client, (await create()).session.id)
  provider = await scriptSteps(client, [
    [{ tool: 'edit_file', arguments: { path: 'a.txt', old_text: 'one', new_text: 'two' } }],
    [{ tool: 'exec', arguments: { command: `cat a.txt; pwd; echo new > b.txt; echo made > ${outside}/made` } }],
  ])
  const { task } = await client.request('task/submit', { session: watched.id, prompt: 'go' })
  const approval = await watched.asked()
  expect(approval).toMatchObject({ risk: 'high', action: { type: 'command' } })
  expect(approval.reason).toContain('no sandbox')
  expect(existsSync(join(outside, 'made'))).toBe(false)
  await client.request('approval/answer', { approval: approval.id, outcome: { type: 'allowOnce' } })
  expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
  const copy = join(daemon.dataFolder, 'layers', watched.id, 'copy')
  expect(watched.ofType('toolFinished')).toMatchObject([
    { outcome: 'ok' },
    {
      outcome: 'ok',
      output: expect.stringContaining(`two\n${copy}`),
      evidence: { kind: 'none', active: false, effective: { network: true } },
    },
  ])
  // Nothing fenced it in, and nothing of the workspace was touched.
  expect(readFileSync(join(outside, 'made'), 'utf8')).toBe('made\n')
  expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toBe('one\n')
  const { results } = await client.request('change/keep', {
    session: watched.id,
    selections: [{ path: 'a.txt' }, { path: 'b.txt' }],
  })
  expect(results.map(({ type, path }) => [type, path])).toEqual([
    ['kept', 'a.txt'],
    ['kept', 'b.txt'],
  ])
  expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toBe('two\n')
  // The next task begins with what the user has by then.
  writeFileSync(join(daemon.folder, 'c.txt'), 'mine\n')
  await provider.close()
  provider = await scriptSteps(client, [[{ tool: 'read_file', arguments: { path: 'c.txt' } }]])
  const next = await client.request('task/submit', { session: watched.id, prompt: 'again' })
  expect(await watched.ended(next.task)).toMatchObject({ type: 'taskCompleted' })
  expect(watched.ofType('toolFinished').at(-1)).toMatchObject({ output: expect.stringContaining('mine') })
  expect((await client.request('change/list', { session: watched.id })).changes).toEqual([])
})

test('what was allowed once and no longer is does not run', async () => {
  client = await daemon.connect()
  await allow()
  const { session } = await create()
  await allow(false)
  const started = startProgram(client, { session: session.id, command: `echo ran > ${outside}/ran` })
  await expect(started).rejects.toMatchObject(unavailable('none'))
  expect(existsSync(join(outside, 'ran'))).toBe(false)
})

test('it is never fallen back to: a kind that cannot be had is an error, also where none is allowed', async () => {
  client = await daemon.connect()
  await client.request('sandbox/configure', {
    folder: daemon.folder,
    settings: { allowNone: true, kind: 'seatbelt' },
  })
  const { session } = await client.request('session/create', { folder: daemon.folder })
  const watched = await watch(client, session.id)
  provider = await scriptSteps(client, [[{ tool: 'exec', arguments: { command: `echo ran > ${outside}/ran` } }]])
  const { task } = await client.request('task/submit', { session: session.id, prompt: 'go' })
  expect(await watched.ended(task)).toMatchObject({
    type: 'taskFailed',
    failure: { code: 'sandboxUnavailable', message: expect.stringContaining('macOS') },
  })
  expect(existsSync(join(outside, 'ran'))).toBe(false)
})

test('a session keeps what it was made as, whatever a program asks for', async () => {
  client = await daemon.connect()
  await allow()
  const bare = (await create()).session.id
  const fenced = (await client.request('session/create', { folder: daemon.folder })).session.id
  const command = `echo ran > ${outside}/ran`
  const unfencing = startProgram(client, { session: fenced, command, kind: 'none' })
  await expect(unfencing).rejects.toMatchObject(unavailable('none'))
  const fencing = startProgram(client, { session: bare, command, kind: 'bubblewrap' })
  await expect(fencing).rejects.toMatchObject(unavailable('bubblewrap'))
  expect(existsSync(join(outside, 'ran'))).toBe(false)
})

test('no secret of the workspace and nothing of its sandbox’s home gets there', async () => {
  client = await daemon.connect()
  vi.stubEnv('A_TOKEN', 'sesame')
  const secrets = [{ name: 'KEY', from: 'env:A_TOKEN', use: { type: 'file' as const } }]
  await client.request('sandbox/configure', { folder: daemon.folder, settings: { allowNone: true, secrets } })
  const { session } = await create()
  const line = 'ls /run/secrets/KEY 2>&1; ls -A ~ | wc -l; env | grep -c -e KEY -e TOKEN -e PADDOCK_'
  const program = await startProgram(client, { session: session.id, command: line })
  await program.ended
  expect(program.stdout()).toMatch(/No such file[^\n]*\n0\n[01]\n$/)
  rmSync(outside, { recursive: true })
})

test('with a daemon that is killed goes what it had left running', async () => {
  client = await daemon.connect()
  await allow()
  const { session } = await create()
  const command = 'setsid sleep 303 </dev/null >/dev/null 2>&1 & echo $!; wait'
  const program = await startProgram(client, { session: session.id, command })
  await program.says('\n')
  const pid = Number(program.stdout())
  program.ended.catch(() => {})
  expect(existsSync(`/proc/${pid}`)).toBe(true)
  await daemon.kill()
  await eventually(() => existsSync(`/proc/${pid}`)).toBe(false)
})
