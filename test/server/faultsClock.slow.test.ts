import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedCall, ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { useScript, type Watched, watch } from '../support/conversation.ts'
import { type MovedClock, movedClock } from '../support/movedClock.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider | undefined
let clock: MovedClock
const dayMs = 24 * 60 * 60_000

beforeEach(async () => {
  clock = movedClock()
  daemon = testDaemon({ execPath: clock.execPath })
  writeFileSync(join(daemon.folder, 'a.txt'), lines('old'))
  client = await daemon.connect()
  watched = await watch(client, (await client.request('session/create', { folder: daemon.folder })).session.id)
})
afterEach(async () => {
  await provider?.close()
  await daemon.dispose()
  clock.remove()
})

const session = () => ({ session: watched.id })
const exec = (command: string, more = {}): ScriptedCall => ({ tool: 'exec', arguments: { command, ...more } })
const lines = (word: string) => ['1', '2', '3', '4', word, '6', '7', '8', '9', ''].join('\n')

/** `before` comes before each step, from the first one on. */
async function run(steps: readonly ScriptedCall[], before: (step: number) => void): Promise<void> {
  provider = await useScript(client, ({ messages }) => {
    const done = messages.filter(({ role }) => role === 'assistant').length
    before(done + 1)
    const call = steps[done]
    return call ? { type: 'reply', calls: [call] } : { type: 'reply', text: 'Done.' }
  })
  const { task } = await client.request('task/submit', { ...session(), prompt: 'go' })
  expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
}

test('a clock that jumps to and fro between steps: the log is whole, and each checkpoint can be gone back to', async () => {
  const jumps = [0, dayMs, -dayMs, 3650 * dayMs, -3650 * dayMs, 0]
  const steps = jumps.map((_, index) => exec(`echo ${index + 1} > b.txt`))
  await run(steps, (step) => clock.set(jumps[step - 1] ?? 0))
  expect(watched.events.map(({ seq }) => seq)).toEqual(watched.events.map((_, index) => index + 1))
  const { checkpoints } = await client.request('checkpoint/list', session())
  expect(checkpoints.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6])
  for (const { id, step } of checkpoints.toReversed().slice(0, -1)) {
    const { result } = await client.request('checkpoint/rewind', { ...session(), checkpoint: id })
    expect(result.type).toBe('rewound')
    const { content } = await client.request('change/read', { ...session(), path: 'b.txt', side: 'layer' })
    expect(content).toEqual({ type: 'text', text: `${step}\n` })
  }
  expect((await client.request('change/keep', session())).results).toMatchObject([{ type: 'kept', path: 'b.txt' }])
})

test('what the user saves after the clock was set back is not taken for what the agent started from', async () => {
  clock.set(dayMs)
  // The program holds on to the old file, so that the agent goes on seeing that.
  const steps = [exec('exec 3< a.txt; echo up; sleep 1000', { background: true }), exec('sed -i 1s/1/mine/ a.txt')]
  await run(steps, (step) => {
    if (step !== 2) return
    clock.set(0)
    writeFileSync(join(daemon.folder, '.new'), lines('saved'))
    renameSync(join(daemon.folder, '.new'), join(daemon.folder, 'a.txt'))
  })
  await client.request('change/keep', session())
  expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toContain('saved')
})
