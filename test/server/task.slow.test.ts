import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { ScriptedProvider } from '../../daemon/agent/models/scripted.ts'
import { scriptSteps, useScript, type Watched, watch } from '../support/conversation.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let watched: Watched
let provider: ScriptedProvider | undefined
beforeEach(async () => {
  daemon = testDaemon()
  client = await daemon.connect('window 1')
  const { session } = await client.request('session/create', { folder: daemon.folder })
  watched = await watch(client, session.id)
})
afterEach(async () => {
  await provider?.close()
  provider = undefined
  await daemon.dispose()
})

async function submit(prompt = 'go'): Promise<string> {
  return (await client.request('task/submit', { session: watched.id, prompt })).task
}

describe('task/submit', () => {
  test('runs in the sandbox over the layer: the agent sees its own edits, the user’s folder does not move', async () => {
    writeFileSync(join(daemon.folder, 'a.txt'), 'one\n')
    provider = await scriptSteps(client, [
      [{ tool: 'edit_file', arguments: { path: 'a.txt', old_text: 'one', new_text: 'two' } }],
      [{ tool: 'exec', arguments: { command: 'cat a.txt; echo new > b.txt; ls' } }],
    ])
    expect(await watched.ended(await submit())).toMatchObject({ type: 'taskCompleted' })
    expect(watched.ofType('toolFinished')).toMatchObject([
      { outcome: 'ok' },
      {
        outcome: 'ok',
        output: expect.stringContaining('two'),
        evidence: { kind: 'bubblewrap', active: true, effective: { network: false } },
      },
    ])
    expect(watched.state().changes).toMatchObject({ files: 2, additions: 2, deletions: 1 })
    expect(readFileSync(join(daemon.folder, 'a.txt'), 'utf8')).toBe('one\n')
    expect(existsSync(join(daemon.folder, 'b.txt'))).toBe(false)
  })

  test('the title of a new session is its first prompt', async () => {
    provider = await scriptSteps(client, [])
    await watched.ended(await submit('Fix the cart\nand more'))
    expect(watched.state().title).toBe('Fix the cart')
  })

  test('tasks run one after the other in the order they came', async () => {
    provider = await useScript(client, ({ messages }) => ({ type: 'reply', text: `${messages.length}` }))
    const tasks = [await submit('a'), await submit('b'), await submit('c')]
    for (const task of tasks) await watched.ended(task)
    const order = watched.events
      .map(({ event }) => event)
      .filter(({ type }) => type === 'taskStarted' || type === 'taskCompleted')
    expect(order.map((event) => ('task' in event ? event.task : ''))).toEqual(tasks.flatMap((task) => [task, task]))
  })

  test('the same submission id is one task, however often it is sent', async () => {
    provider = await scriptSteps(client, [])
    const params = { session: watched.id, prompt: 'go', submission: 'x1' }
    const [a, b] = await Promise.all([client.request('task/submit', params), client.request('task/submit', params)])
    expect(a.task).toBe(b.task)
    await watched.ended(a.task)
    expect(watched.ofType('taskSubmitted')).toHaveLength(1)
  })

  test('two sessions on one workspace do not see each other’s edits', async () => {
    provider = await scriptSteps(client, [[{ tool: 'exec', arguments: { command: 'ls; echo mine > mine.txt' } }]])
    const { session } = await client.request('session/create', { folder: daemon.folder })
    const second = await watch(client, session.id)
    await watched.ended(await submit())
    const { task } = await client.request('task/submit', { session: second.id, prompt: 'go' })
    await second.ended(task)
    expect(second.ofType('toolFinished')).toMatchObject([
      { outcome: 'ok', output: expect.not.stringContaining('mine.txt') },
    ])
  })

  test('a task sees what the user edited between two tasks', async () => {
    provider = await scriptSteps(client, [[{ tool: 'read_file', arguments: { path: 'a.txt' } }]])
    writeFileSync(join(daemon.folder, 'a.txt'), 'before\n')
    await watched.ended(await submit())
    writeFileSync(join(daemon.folder, 'a.txt'), 'after\n')
    await watched.ended(await submit())
    expect(watched.ofType('toolFinished')).toMatchObject([
      { output: expect.stringContaining('before') },
      { output: expect.stringContaining('after') },
    ])
  })

  test.each([
    [
      'the key is refused',
      { type: 'status', status: 401, body: '{"error":{"message":"no"}}' } as const,
      'modelRefusedKey',
    ],
    [
      'the request is refused',
      { type: 'status', status: 400, body: '{"error":{"message":"no"}}' } as const,
      'modelError',
    ],
  ])('fails with a reason when %s', async (_, reply, code) => {
    provider = await useScript(client, () => reply)
    expect(await watched.ended(await submit())).toMatchObject({ type: 'taskFailed', failure: { code } })
  })

  test('an endpoint that does not answer is tried again, then told', async () => {
    provider = await useScript(client, () => ({ type: 'hang' }))
    await provider.close()
    const { task } = await client.request('task/submit', { session: watched.id, prompt: 'go' })
    await watched.until((event) => event.type === 'modelRetried')
    await client.request('task/cancel', { session: watched.id, task })
    expect(watched.state().tasks[0]?.state).toBe('cancelled')
  })
})

describe('task/cancel', () => {
  test('kills the whole process tree, also what put itself in the background', async () => {
    const marker = join(daemon.folder, 'alive')
    const command = `echo started; (setsid sh -c 'sleep 30; echo no > ${marker}' &) ; sleep 1000`
    provider = await scriptSteps(client, [[{ tool: 'exec', arguments: { command } }]])
    const started = new Promise<void>((resolve) => {
      client.on('session/live', ({ text }) => {
        if (text.includes('started')) resolve()
      })
    })
    const task = await submit()
    await started
    const { state } = await client.request('task/cancel', { session: watched.id, task })
    expect(state).toBe('cancelled')
    expect(await watched.ended(task)).toMatchObject({ type: 'taskCancelled', by: 'window 1' })
    expect(watched.ofType('toolFinished')).toMatchObject([{ outcome: 'cancelled' }])
    expect(sleepers()).toEqual([])
  })

  test('a queued task never runs', async () => {
    provider = await useScript(client, () => ({ type: 'hang' }))
    const first = await submit('a')
    const second = await submit('b')
    await client.request('task/cancel', { session: watched.id, task: second })
    await client.request('task/cancel', { session: watched.id, task: first })
    await watched.ended(first)
    expect(watched.ofType('taskStarted')).toHaveLength(1)
  })

  test('cancelling what has ended changes nothing, and an unknown task is refused', async () => {
    provider = await scriptSteps(client, [])
    const task = await submit()
    await watched.ended(task)
    expect(await client.request('task/cancel', { session: watched.id, task })).toEqual({ state: 'completed' })
    await expect(client.request('task/cancel', { session: watched.id, task: 't_no' })).rejects.toMatchObject({
      data: { type: 'taskNotFound' },
    })
  })
})

describe('task/resume and task/retry', () => {
  test('a failed task goes on where its log ends; retry begins a new one', async () => {
    let refuse = true
    provider = await useScript(client, ({ messages }) => {
      const steps = messages.filter(({ role }) => role === 'assistant').length
      if (steps === 0)
        return { type: 'reply', calls: [{ tool: 'exec', arguments: { command: 'echo once >> log.txt' } }] }
      if (refuse) return { type: 'status', status: 400, body: '{"error":{"message":"not now"}}' }
      return { type: 'reply', text: 'Done.' }
    })
    const task = await submit()
    expect(await watched.ended(task)).toMatchObject({ type: 'taskFailed' })
    refuse = false
    await client.request('task/resume', { session: watched.id, task })
    await watched.until((event) => event.type === 'taskCompleted')
    expect(watched.ofType('toolFinished')).toHaveLength(1)
    expect(watched.state().tasks).toMatchObject([{ id: task, state: 'completed' }])
    await expect(client.request('task/resume', { session: watched.id, task })).rejects.toMatchObject({
      data: { type: 'taskNotResumable', state: 'completed' },
    })
    const again = await client.request('task/retry', { session: watched.id, task })
    expect(again.task).not.toBe(task)
    await watched.ended(again.task)
  })
})

/** Processes of this machine that the test's command started. */
function sleepers(): string[] {
  return globSync('/proc/[0-9]*/cmdline').filter((file) => {
    try {
      return readFileSync(file, 'utf8').includes(daemon.folder) && readFileSync(file, 'utf8').includes('sleep')
    } catch {
      return false
    }
  })
}
