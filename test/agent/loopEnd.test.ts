import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LoopParams } from '../../daemon/agent/loop.ts'
import type { Model, ModelReply } from '../../daemon/agent/model.ts'
import { allowAll, failing, finished, outcomes, run, types } from '../support/loopRun.ts'
import { memorySandbox } from '../support/memorySandbox.ts'
import { asks, says, scriptedModel } from '../support/scriptedModel.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('cancelling', () => {
  const never = () => new Promise<never>(() => {})
  /** Hangs for good, and cancels once it does. */
  const hang = (cancel: () => void) => {
    queueMicrotask(cancel)
    return never()
  }

  test.each<[string, (cancel: () => void) => Partial<LoopParams> & { model: Model }]>([
    [
      'before it begins',
      (cancel) => {
        cancel()
        return { model: scriptedModel(says('x')) }
      },
    ],
    ['while the model thinks', (cancel) => ({ model: { name: 'm', reply: () => hang(cancel) } })],
    [
      'while it waits to ask again',
      (cancel) => {
        queueMicrotask(cancel)
        return { model: scriptedModel(failing('modelError', true, 60_000)) }
      },
    ],
    [
      'while a person is asked',
      (cancel) => ({
        model: scriptedModel(asks(['list_dir', {}])),
        gate: { ...allowAll, pass: () => hang(cancel) },
      }),
    ],
    [
      'while the sandbox opens',
      (cancel) => ({ model: scriptedModel(asks(['list_dir', {}])), sandbox: () => hang(cancel) }),
    ],
  ])('%s', async (_name, params) => {
    const controller = new AbortController()
    const ran = await run({ ...params(() => controller.abort()), signal: controller.signal })
    expect(ran.end).toEqual({ type: 'cancelled' })
    expect(types(ran)).not.toContain('toolStarted')
  })

  test('while a command runs: it is closed as cancelled, those after it do not start', async () => {
    const controller = new AbortController()
    const box = memorySandbox({
      exec: (_command, { signal }) =>
        new Promise((resolve) => {
          signal?.addEventListener('abort', () => resolve({ stdout: 'half\n' }))
          queueMicrotask(() => controller.abort())
        }),
    })
    const model = scriptedModel(asks(['exec', { command: 'sleep' }], ['list_dir', {}]))
    const ran = await run({ model, box, signal: controller.signal })
    expect(ran.end).toEqual({ type: 'cancelled' })
    expect(outcomes(ran)).toEqual([expect.stringMatching(/^cancelled: .*may have run in part.[\s\S]*half\n$/)])
    expect(ran.afterSteps).toBe(1)
  })

  test('a tool that does not heed it is left behind', async () => {
    vi.useFakeTimers()
    const controller = new AbortController()
    const box = memorySandbox({ exec: () => hang(() => controller.abort()) })
    const running = run({ model: scriptedModel(asks(['exec', { command: 'x' }])), box, signal: controller.signal })
    await vi.runAllTimersAsync()
    const ran = await running
    expect(ran.end.type).toBe('cancelled')
    expect(finished(ran)).toMatchObject([{ outcome: 'cancelled' }])
  })
})

describe('after an interruption', () => {
  const list = { step: 4, tool: 'list_dir', arguments: '{}' }
  const asked = asks(['x', {}], ['x', {}], ['x', {}]) as Extract<ModelReply, { type: 'reply' }>

  test('what had started is not run again, the rest is decided and run', async () => {
    const pass = vi.fn(allowAll.pass)
    const model = scriptedModel(says('Done.'))
    const ran = await run({
      model,
      gate: { ...allowAll, pass },
      messages: [
        { role: 'user', text: 'Do it.' },
        { role: 'assistant', text: '', calls: asked.calls },
      ],
      stepsDone: 4,
      unfinished: [
        { ...list, id: 'a1', progress: 'started' },
        { ...list, id: 'a2', progress: 'asked' },
        { ...list, id: 'a3', progress: 'new' },
      ],
    })
    expect(ran.end.type).toBe('completed')
    expect(finished(ran)).toMatchObject([
      { step: 4, call: 'a1', outcome: 'interrupted', output: expect.stringContaining('Look before you run it again') },
      { step: 4, call: 'a2', outcome: 'ok' },
      { step: 4, call: 'a3', outcome: 'ok' },
    ])
    expect(pass.mock.calls.map(([{ call }]) => call)).toEqual(['a2', 'a3'])
    expect(ran.events.find(({ type }) => type === 'stepStarted')).toMatchObject({ step: 5 })
    expect(model.requests[0]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'tool'])
  })

  test('a task whose last word was said is complete', async () => {
    const ran = await run({
      model: scriptedModel(),
      messages: [
        { role: 'user', text: 'Do it.' },
        { role: 'assistant', text: 'Done.', calls: [] },
      ],
      stepsDone: 1,
    })
    expect(ran).toMatchObject({ end: { type: 'completed' }, events: [] })
  })
})
