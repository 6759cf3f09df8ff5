import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedCall, ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
const providers: ScriptedProvider[] = []
const original = Array.from({ length: 30 }, (_, i) => `line ${i + 1}\n`).join('')

beforeEach(async () => {
  daemon = testDaemon()
  writeFileSync(join(daemon.folder, 'a.txt'), original)
  client = await daemon.connect('window 1')
  const { session } = await client.request('session/create', { folder: daemon.folder })
  watched = await watch(client, session.id)
})
afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.close()
  await daemon.dispose()
})

async function run(...calls: ScriptedCall[]): Promise<void> {
  providers.push(await scriptSteps(client, [calls]))
  const { task } = await client.request('task/submit', { session: watched.id, prompt: 'go' })
  expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
  for (const event of watched.ofType('toolFinished')) expect(event).toMatchObject({ outcome: 'ok' })
}

function edit(old_text: string, new_text: string): ScriptedCall {
  return { tool: 'edit_file', arguments: { path: 'a.txt', old_text, new_text } }
}

const twoHunks = [edit('line 2\n', 'LINE 2\n'), edit('line 25\n', 'LINE 25\n')]
const user = () => readFileSync(join(daemon.folder, 'a.txt'), 'utf8')
const session = () => ({ session: watched.id })

async function hunkIds(): Promise<string[]> {
  const { hunks } = await client.request('change/hunks', { ...session(), path: 'a.txt' })
  return hunks.map(({ id }) => id)
}

describe('change/list, change/hunks and change/read', () => {
  test('say what differs, and both sides of it', async () => {
    await run(...twoHunks, { tool: 'write_file', arguments: { path: 'new.txt', content: 'n\n' } })
    const { changes } = await client.request('change/list', session())
    expect(changes).toMatchObject([
      { path: 'a.txt', status: 'modified', kind: 'text', additions: 2, deletions: 2, baseMoved: false },
      { path: 'new.txt', status: 'added', additions: 1, deletions: 0 },
    ])
    expect(await hunkIds()).toHaveLength(2)
    const read = (side: 'base' | 'layer' | 'user') =>
      client.request('change/read', { ...session(), path: 'a.txt', side })
    expect(await read('base')).toEqual({ content: { type: 'text', text: original } })
    expect(await read('user')).toEqual({ content: { type: 'text', text: original } })
    expect((await read('layer')).content).toMatchObject({ text: expect.stringContaining('LINE 25') })
  })

  test('a path that leads out of the workspace is not read', async () => {
    await run(...twoHunks)
    for (const path of ['../secret', '/etc/passwd', 'a.txt/../../x', '']) {
      const read = client.request('change/read', { ...session(), path, side: 'user' })
      const content = await read.then(
        (answer) => answer.content.type,
        () => 'refused',
      )
      expect(['absent', 'refused'], path).toContain(content)
    }
  })
})

describe('change/keep', () => {
  test('one hunk reaches the user’s file, byte for byte, and the other stays a change', async () => {
    await run(...twoHunks)
    const [first, second] = await hunkIds()
    const { results } = await client.request('change/keep', {
      ...session(),
      selections: [{ path: 'a.txt', hunks: [first as string] }],
    })
    expect(results).toEqual([{ type: 'kept', path: 'a.txt', merged: false }])
    expect(user()).toBe(original.replace('line 2\n', 'LINE 2\n'))
    expect(await hunkIds()).toEqual([second])
    await watched.until((event) => event.type === 'changeKept')
    expect(watched.ofType('changeKept')).toMatchObject([{ path: 'a.txt', hunks: 1, by: 'window 1' }])
  })

  test('what the user did meanwhile is merged; the same lines are a conflict and nothing is written', async () => {
    await run(...twoHunks)
    writeFileSync(
      join(daemon.folder, 'a.txt'),
      original.replace('line 12\n', 'mine\n').replace('line 25\n', 'mine too\n'),
    )
    const [first, second] = await hunkIds()
    const keep = (hunk: string | undefined) =>
      client.request('change/keep', { ...session(), selections: [{ path: 'a.txt', hunks: [hunk as string] }] })
    expect((await keep(first)).results).toEqual([{ type: 'kept', path: 'a.txt', merged: true }])
    const merged = user()
    expect(merged).toBe(
      original.replace('line 2\n', 'LINE 2\n').replace('line 12\n', 'mine\n').replace('line 25\n', 'mine too\n'),
    )
    const [conflict] = (await keep(second)).results
    expect(conflict).toMatchObject({ type: 'conflict', path: 'a.txt' })
    expect(user()).toBe(merged)
    if (conflict?.type !== 'conflict') return
    const overwrite = { path: 'a.txt', user: conflict.user }
    const taken = await client.request('change/keep', { ...session(), selections: [{ path: 'a.txt' }], overwrite })
    expect(taken.results).toMatchObject([{ type: 'kept' }])
    expect(user()).toBe(original.replace('line 2\n', 'LINE 2\n').replace('line 25\n', 'LINE 25\n'))
  })

  test('a hunk that is gone is stale, and all of it can be kept at once', async () => {
    await run(...twoHunks)
    const stale = await client.request('change/keep', {
      ...session(),
      selections: [{ path: 'a.txt', hunks: ['none'] }],
    })
    expect(stale.results).toEqual([{ type: 'stale', path: 'a.txt' }])
    expect(user()).toBe(original)
    await client.request('change/keep', session())
    expect(user()).toContain('LINE 25')
    expect(await client.request('change/list', session())).toMatchObject({ changes: [] })
  })
})

describe('change/discard', () => {
  test('takes a hunk out of the layer; the agent’s next read sees it, the user’s file does not move', async () => {
    await run(...twoHunks)
    const [first, second] = await hunkIds()
    const discard = { ...session(), selections: [{ path: 'a.txt', hunks: [second as string] }] }
    expect((await client.request('change/discard', discard)).results).toEqual([{ type: 'discarded', path: 'a.txt' }])
    expect(await hunkIds()).toEqual([first])
    expect(user()).toBe(original)
    await run({ tool: 'read_file', arguments: { path: 'a.txt' } })
    const last = watched.ofType('toolFinished').at(-1)
    expect(last).toMatchObject({ output: expect.stringContaining('line 25') })
    expect(last).toMatchObject({ output: expect.stringContaining('LINE 2\n') })
  })

  test('while a task runs, the agent sees it at its next step', async () => {
    providers.push(
      await scriptSteps(client, [
        [edit('line 2\n', 'LINE 2\n')],
        [{ tool: 'exec', arguments: { command: 'echo wait', network: true } }],
        [{ tool: 'exec', arguments: { command: 'sed -n 2p a.txt' } }],
      ]),
    )
    const { task } = await client.request('task/submit', { session: watched.id, prompt: 'go' })
    const { id: approval } = await watched.asked()
    await client.request('change/discard', session())
    await client.request('approval/answer', { approval, outcome: { type: 'deny' } })
    await watched.ended(task)
    expect(watched.ofType('toolFinished').at(-1)).toMatchObject({ output: expect.stringContaining('line 2') })
    expect(await client.request('change/list', session())).toMatchObject({ changes: [] })
  })
})
