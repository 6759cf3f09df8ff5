import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedCall, ScriptedMessage, ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { useScript, type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider
/** Calls of the steps of the next task. */
let steps: readonly (readonly ScriptedCall[])[]
/** What the model was last told. */
let told: readonly ScriptedMessage[]

beforeEach(async () => {
  daemon = testDaemon()
  writeFileSync(join(daemon.folder, 'a.txt'), 'one\n')
  client = await daemon.connect('window 1')
  provider = await useScript(client, ({ messages }) => {
    told = messages
    const lastUser = messages.findLastIndex(({ role }) => role === 'user')
    const calls = steps[messages.slice(lastUser).filter(({ role }) => role === 'assistant').length]
    return calls ? { type: 'reply', calls } : { type: 'reply', text: 'Done.' }
  })
  const { session } = await client.request('session/create', { folder: daemon.folder })
  watched = await watch(client, session.id)
})
afterEach(async () => {
  await provider.close()
  await daemon.dispose()
})

const session = () => ({ session: watched.id })
const exec = (command: string): ScriptedCall => ({ tool: 'exec', arguments: { command } })

async function run(...calls: readonly (readonly ScriptedCall[])[]): Promise<void> {
  steps = calls
  const { task } = await client.request('task/submit', { ...session(), prompt: 'go' })
  expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
}

/** The content of each change, by path; null where it is deleted. */
async function layer(): Promise<Record<string, string | null>> {
  const { changes } = await client.request('change/list', session())
  const entries = changes.map(async ({ path }): Promise<[string, string | null]> => {
    const { content } = await client.request('change/read', { ...session(), path, side: 'layer' })
    return [path, content.type === 'text' ? content.text : null]
  })
  return Object.fromEntries(await Promise.all(entries))
}

const checkpoints = async () => (await client.request('checkpoint/list', session())).checkpoints
const rewind = async (checkpoint: string) =>
  (await client.request('checkpoint/rewind', { ...session(), checkpoint })).result
const refusal = (request: Promise<unknown>, type: string) => expect(request).rejects.toMatchObject({ data: { type } })

const threeSteps = [
  [exec('echo two > a.txt; mkdir deep; echo 1 > deep/b.txt')],
  [exec('rm a.txt; echo 2 > deep/b.txt')],
  [exec('rm -r deep; echo three > a.txt; echo c > c.txt')],
]
/** What the layer holds after each of them, and before. */
const states = [
  {},
  { 'a.txt': 'two\n', 'deep/b.txt': '1\n' },
  { 'a.txt': null, 'deep/b.txt': '2\n' },
  { 'a.txt': 'three\n', 'c.txt': 'c\n' },
]

test('each step that changed something can be gone back to and forward again, by any window; the user’s files do not move', async () => {
  await run(...threeSteps, [exec('true')])
  const all = await checkpoints()
  expect(all.map(({ step }) => step)).toEqual([0, 1, 2, 3])
  const other = await daemon.connect('window 2')
  for (const step of [2, 0, 3, 1, 0, 2]) {
    const { id } = all[step]!
    const { result } = await other.request('checkpoint/rewind', { ...session(), checkpoint: id })
    expect(result.type).toBe('rewound')
    expect(await layer(), `step ${step}`).toEqual(states[step])
    const { changes } = await client.request('change/list', session())
    expect(watched.state().changes.files).toBe(changes.length)
    expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toBe('one\n')
    expect(existsSync(join(daemon.folder, 'c.txt'))).toBe(false)
  }
  expect(watched.ofType('layerRewound')).toHaveLength(6)
  expect(watched.ofType('layerRewound')[0]).toMatchObject({ checkpoint: all[2]!.id, by: 'window 2' })
})

test('what was kept stays kept, and what there was before going back can be gone back to', async () => {
  await run(...threeSteps)
  const program = await client.request('change/keep', { ...session(), selections: [{ path: 'c.txt' }] })
  expect(program.results).toMatchObject([{ type: 'kept', path: 'c.txt' }])
  const all = await checkpoints()
  expect((await rewind(all[1]!.id)).type).toBe('rewound')
  expect(readFileSync(join(daemon.folder, 'c.txt'), 'utf8')).toBe('c\n')
  expect(await layer()).toMatchObject({ 'a.txt': 'two\n', 'deep/b.txt': '1\n' })
  const newest = (await checkpoints()).at(-1)!
  expect((await rewind(newest.id)).type).toBe('rewound')
  expect(await layer()).toEqual({ 'a.txt': 'three\n' })
})

test('the next task is told of it and goes on from those files', async () => {
  await run(...threeSteps)
  const all = await checkpoints()
  await rewind(all[1]!.id)
  await run([exec('cat a.txt')])
  const said = told.map(({ content }) => content ?? '')
  expect(said.findLast((text) => text.endsWith('go'))).toMatch(/^\[The user took 3 files back to an earlier state;/)
  expect(watched.ofType('toolFinished').at(-1)).toMatchObject({ output: expect.stringContaining('two') })
})

test('while a task runs or waits it is refused; so is one that is not known', async () => {
  await run(...threeSteps)
  const [first] = await checkpoints()
  steps = [[{ tool: 'exec', arguments: { command: 'echo asked', network: true } }]]
  const { task } = await client.request('task/submit', { ...session(), prompt: 'go' })
  const approval = await watched.asked()
  await refusal(rewind(first!.id), 'sessionBusy')
  await daemon.kill()
  client = await daemon.connect('window 1')
  watched = await watch(client, watched.id)
  expect(watched.state().approvals).toMatchObject([{ id: approval.id }])
  await refusal(rewind(first!.id), 'sessionBusy')
  await client.request('task/cancel', { ...session(), task })
  expect(await layer()).toEqual(states[3])
  for (const unknown of ['none', '../../x', '', `${first!.id}x`]) await refusal(rewind(unknown), 'checkpointNotFound')
  expect((await rewind(first!.id)).type).toBe('rewound')
  expect(await layer()).toEqual({})
})

test('going back stopped at a file that replaced a folder which the user removed in a terminal', async () => {
  const at = (path: string) => join(daemon.folder, path)
  mkdirSync(at('d/s'), { recursive: true })
  writeFileSync(at('d/a'), 'a\n')
  await run([exec('ls -R . > /dev/null; chmod 700 d/a')], [exec('stat d/s; echo two > a.txt')])
  rmSync(at('d'), { recursive: true })
  await layer()
  mkdirSync(at('d'))
  writeFileSync(at('d/s'), 'mine\n')
  const all = await checkpoints()
  expect(await rewind(all[1]!.id)).toMatchObject({ type: 'rewound', paths: ['a.txt'] })
  expect(readFileSync(at('d/s'), 'utf8')).toBe('mine\n')
  await run([exec('cat d/s d/a')])
  expect(watched.ofType('toolFinished').at(-1)).toMatchObject({ output: expect.stringContaining('mine\na\n') })
})

test('after kill -9 of the daemon all of them are there', async () => {
  await run(...threeSteps)
  const before = await checkpoints()
  await daemon.kill()
  client = await daemon.connect('window 1')
  watched = await watch(client, watched.id)
  expect(await checkpoints()).toEqual(before)
  for (const step of [1, 3, 0]) {
    expect((await rewind(before[step]!.id)).type).toBe('rewound')
    expect(await layer(), `step ${step}`).toEqual(states[step])
  }
})
