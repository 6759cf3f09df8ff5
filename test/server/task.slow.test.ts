import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { watch } from '../support/conversation.ts'
import { SessionGround } from '../support/sessionGround.ts'

let ground: SessionGround
beforeEach(async () => {
  ground = await SessionGround.begin()
})
afterEach(() => ground.end())

describe('task/submit', () => {
  test('runs in the sandbox over the layer: the agent sees its own edits, the user’s folder does not move', async () => {
    ground.write('a.txt', 'one\n')
    await ground.useSteps([
      [{ tool: 'edit_file', arguments: { path: 'a.txt', old_text: 'one', new_text: 'two' } }],
      [{ tool: 'exec', arguments: { command: 'cat a.txt; echo new > b.txt; ls' } }],
    ])
    expect(await ground.watched.ended(await ground.submit())).toMatchObject({ type: 'taskCompleted' })
    expect(ground.watched.ofType('toolFinished')).toMatchObject([
      { outcome: 'ok' },
      {
        outcome: 'ok',
        output: expect.stringContaining('two'),
        evidence: { kind: 'bubblewrap', active: true, effective: { network: false } },
      },
    ])
    expect(ground.watched.state().changes).toMatchObject({ files: 2, additions: 2, deletions: 1 })
    expect(readFileSync(join(ground.daemon.folder, 'a.txt'), 'utf8')).toBe('one\n')
    expect(existsSync(join(ground.daemon.folder, 'b.txt'))).toBe(false)
  })

  test('the title of a new session is its first prompt', async () => {
    await ground.useSteps()
    await ground.watched.ended(await ground.submit('Fix the cart\nand more'))
    expect(ground.watched.state().title).toBe('Fix the cart')
  })

  test('tasks run one after the other in the order they came', async () => {
    await ground.use(({ messages }) => ({ type: 'reply', text: `${messages.length}` }))
    const tasks = [await ground.submit('a'), await ground.submit('b'), await ground.submit('c')]
    for (const task of tasks) await ground.watched.ended(task)
    const order = ground.watched.events
      .map(({ event }) => event)
      .filter(({ type }) => type === 'taskStarted' || type === 'taskCompleted')
    expect(order.map((event) => ('task' in event ? event.task : ''))).toEqual(tasks.flatMap((task) => [task, task]))
  })

  test('the same submission id is one task, however often it is sent', async () => {
    await ground.useSteps()
    const params = { session: ground.watched.id, prompt: 'go', submission: 'x1' }
    const [a, b] = await Promise.all([
      ground.client.request('task/submit', params),
      ground.client.request('task/submit', params),
    ])
    expect(a.task).toBe(b.task)
    await ground.watched.ended(a.task)
    expect(ground.watched.ofType('taskSubmitted')).toHaveLength(1)
  })

  test('two sessions on one workspace do not see each other’s edits', async () => {
    await ground.useSteps([[{ tool: 'exec', arguments: { command: 'ls; echo mine > mine.txt' } }]])
    const { session } = await ground.client.request('session/create', { folder: ground.daemon.folder })
    const second = await watch(ground.client, session.id)
    await ground.watched.ended(await ground.submit())
    const { task } = await ground.client.request('task/submit', { session: second.id, prompt: 'go' })
    await second.ended(task)
    expect(second.ofType('toolFinished')).toMatchObject([
      { outcome: 'ok', output: expect.not.stringContaining('mine.txt') },
    ])
  })

  test('a task sees what the user edited between two tasks', async () => {
    await ground.useSteps([[{ tool: 'read_file', arguments: { path: 'a.txt' } }]])
    ground.write('a.txt', 'before\n')
    await ground.watched.ended(await ground.submit())
    ground.write('a.txt', 'after\n')
    await ground.watched.ended(await ground.submit())
    expect(ground.watched.ofType('toolFinished')).toMatchObject([
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
    await ground.use(() => reply)
    expect(await ground.watched.ended(await ground.submit())).toMatchObject({ type: 'taskFailed', failure: { code } })
  })

  test('an endpoint that does not answer is tried again, then told', async () => {
    const provider = await ground.use(() => ({ type: 'hang' }))
    await provider.close()
    const task = await ground.submit()
    await ground.watched.until((event) => event.type === 'modelRetried')
    await ground.cancel(task)
    expect(ground.watched.state().tasks[0]?.state).toBe('cancelled')
  })
})

describe('task/cancel', () => {
  test('kills the whole process tree, also what put itself in the background', async () => {
    const marker = join(ground.daemon.folder, 'alive')
    const command = `echo started; (setsid sh -c 'sleep 30; echo no > ${marker}' &) ; sleep 1000`
    await ground.useSteps([[{ tool: 'exec', arguments: { command } }]])
    const started = new Promise<void>((resolve) => {
      ground.client.on('session/live', ({ text }) => {
        if (text.includes('started')) resolve()
      })
    })
    const task = await ground.submit()
    await started
    expect(await ground.cancel(task)).toBe('cancelled')
    expect(await ground.watched.ended(task)).toMatchObject({ type: 'taskCancelled', by: 'window 1' })
    expect(ground.watched.ofType('toolFinished')).toMatchObject([{ outcome: 'cancelled' }])
    expect(sleepers()).toEqual([])
  })

  test('a queued task never runs', async () => {
    await ground.use(() => ({ type: 'hang' }))
    const first = await ground.submit('a')
    const second = await ground.submit('b')
    await ground.cancel(second)
    await ground.cancel(first)
    await ground.watched.ended(first)
    expect(ground.watched.ofType('taskStarted')).toHaveLength(1)
  })

  test('cancelling what has ended changes nothing, and an unknown task is refused', async () => {
    await ground.useSteps()
    const task = await ground.submit()
    await ground.watched.ended(task)
    expect(await ground.cancel(task)).toBe('completed')
    await expect(
      ground.client.request('task/cancel', { session: ground.watched.id, task: 't_no' }),
    ).rejects.toMatchObject({
      data: { type: 'taskNotFound' },
    })
  })
})

describe('task/resume and task/retry', () => {
  test('a failed task goes on where its log ends; retry begins a new one', async () => {
    let refuse = true
    await ground.use(({ messages }) => {
      const steps = messages.filter(({ role }) => role === 'assistant').length
      if (steps === 0)
        return { type: 'reply', calls: [{ tool: 'exec', arguments: { command: 'echo once >> log.txt' } }] }
      if (refuse) return { type: 'status', status: 400, body: '{"error":{"message":"not now"}}' }
      return { type: 'reply', text: 'Done.' }
    })
    const task = await ground.submit()
    expect(await ground.watched.ended(task)).toMatchObject({ type: 'taskFailed' })
    refuse = false
    await ground.client.request('task/resume', { session: ground.watched.id, task })
    await ground.watched.until((event) => event.type === 'taskCompleted')
    expect(ground.watched.ofType('toolFinished')).toHaveLength(1)
    expect(ground.watched.state().tasks).toMatchObject([{ id: task, state: 'completed' }])
    await expect(ground.client.request('task/resume', { session: ground.watched.id, task })).rejects.toMatchObject({
      data: { type: 'taskNotResumable', state: 'completed' },
    })
    const again = await ground.client.request('task/retry', { session: ground.watched.id, task })
    expect(again.task).not.toBe(task)
    await ground.watched.ended(again.task)
  })
})

/** Processes of this machine that the test's command started. */
function sleepers(): string[] {
  return globSync('/proc/[0-9]*/cmdline').filter((file) => {
    try {
      return readFileSync(file, 'utf8').includes(ground.daemon.folder) && readFileSync(file, 'utf8').includes('sleep')
    } catch {
      return false
    }
  })
}
