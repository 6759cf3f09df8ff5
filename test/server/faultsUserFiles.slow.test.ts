import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { EventOf } from '#protocol/event.ts'
import type { ScriptedCall, ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { useScript, type Watched, watch } from '../support/conversation.ts'
import { startProgram } from '../support/programs.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider | undefined

beforeEach(async () => {
  daemon = testDaemon()
  writeFileSync(join(daemon.folder, 'a.txt'), lines('old'))
  client = await daemon.connect()
  const { session } = await client.request('session/create', { folder: daemon.folder })
  watched = await watch(client, session.id)
})
afterEach(async () => {
  await provider?.close()
  provider = undefined
  await daemon.dispose()
})

const session = () => ({ session: watched.id })
const exec = (command: string, more = {}): ScriptedCall => ({ tool: 'exec', arguments: { command, ...more } })
/** A file of several parts, the fifth of which is this word. */
const lines = (word: string) => ['1', '2', '3', '4', word, '6', '7', '8', '9', ''].join('\n')
const userFile = () => readFileSync(join(daemon.folder, 'a.txt'), 'utf8')

/** As editors save: whole, aside, and moved into place. Then the editor tells. */
async function save(text: string): Promise<void> {
  const aside = join(daemon.folder, '.a.txt.new')
  writeFileSync(aside, text)
  renameSync(aside, join(daemon.folder, 'a.txt'))
  await client.request('workspace/saved', { folder: daemon.folder })
}

/** Runs a task of these steps; `between` comes while the model is asked for the second one. Answers what the calls said. */
async function run(steps: readonly (readonly ScriptedCall[])[], between = async () => {}): Promise<string[]> {
  const before = watched.ofType('toolFinished').length
  await provider?.close()
  provider = await useScript(client, async ({ messages }) => {
    const lastUser = messages.findLastIndex(({ role }) => role === 'user')
    const done = messages.slice(lastUser).filter(({ role }) => role === 'assistant').length
    if (done === 1) await between()
    const calls = steps[done]
    return calls ? { type: 'reply', calls } : { type: 'reply', text: 'Done.' }
  })
  const { task } = await client.request('task/submit', { ...session(), prompt: 'go' })
  expect(await watched.ended(task)).toMatchObject({ type: 'taskCompleted' })
  const ended = watched.ofType('toolFinished') as EventOf<'toolFinished'>[]
  return ended.slice(before).map(({ output }) => output)
}

describe('a file that the user saves', () => {
  test('while a task runs is what the agent’s next steps see', async () => {
    const said = await run([[exec('sed -n 5p a.txt')], [exec('true')], [exec('sed -n 5p a.txt')]], () =>
      save(lines('new')),
    )
    expect(said[0]).toContain('old')
    expect(said[2]).toContain('new')
  })

  test('while no task runs is what the next task, and a terminal that is opened, see', async () => {
    await run([[exec('cat a.txt')]])
    await save(lines('new'))
    const program = await startProgram(client, { ...session(), command: 'sed -n 5p a.txt' })
    await program.ended
    expect(program.stdout()).toBe('new\n')
    await save(lines('newer'))
    expect((await run([[exec('sed -n 5p a.txt')]]))[0]).toContain('newer')
  })

  test('while a program of the agent’s stands in the folder is merged with what a tool does to the old one', async () => {
    const steps = [
      [exec('exec 3< a.txt; echo up; sleep 1000', { background: true })],
      [{ tool: 'edit_file', arguments: { path: 'a.txt', old_text: '1\n2', new_text: 'mine\n2' } }],
    ]
    await run(steps, () => save(lines('new')))
    const { changes } = await client.request('change/list', session())
    expect(changes).toMatchObject([{ path: 'a.txt', status: 'modified', baseMoved: true, additions: 1, deletions: 1 }])
    const { results } = await client.request('change/keep', session())
    expect(results).toEqual([{ type: 'kept', path: 'a.txt', merged: true }])
    expect(userFile()).toBe(lines('new').replace('1', 'mine'))
  })

  test('while a program of the agent’s stands in the folder is never overwritten by what a command does to the old one', async () => {
    const steps = [
      [exec('exec 3< a.txt; echo up; sleep 1000', { background: true })],
      [exec('sed -i 1s/1/mine/ a.txt; sed -n 5p a.txt')],
    ]
    await run(steps, () => save(lines('new')))
    const [result] = (await client.request('change/keep', session())).results
    expect(result).toMatchObject({ type: 'conflict', why: expect.stringContaining('while the agent was changing it') })
    expect(userFile()).toBe(lines('new'))
    // Once the program is gone, and the change, nothing is in the way of the user's.
    await run([[{ tool: 'process', arguments: { process: 'p1', signal: 'SIGKILL' } }]])
    await client.request('change/discard', session())
    expect((await run([[exec('sed -n 5p a.txt')]]))[0]).toContain('new')
  })

  test('over what the agent changed in the same place is a conflict, and neither is lost', async () => {
    await run([[exec('sed -i 5s/old/mine/ a.txt')]])
    await save(lines('theirs'))
    const [result] = (await client.request('change/keep', session())).results
    expect(result).toMatchObject({ type: 'conflict', path: 'a.txt' })
    expect(userFile()).toBe(lines('theirs'))
    const layer = await client.request('change/read', { ...session(), path: 'a.txt', side: 'layer' })
    expect(layer.content).toEqual({ type: 'text', text: lines('mine') })
  })
})
