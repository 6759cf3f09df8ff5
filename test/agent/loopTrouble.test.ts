import { afterEach, describe, expect, test, vi } from 'vitest'
import { sandboxUnavailable, storeUnavailable } from '#protocol/errors.ts'
import type { Model, ModelReply } from '../../daemon/agent/model.ts'
import { failing, failure, finished, outcomes, run, types } from '../support/loopRun.ts'
import { type MemorySandbox, memorySandbox } from '../support/memorySandbox.ts'
import { asks, says, scriptedModel } from '../support/scriptedModel.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('trouble with the model', () => {
  test('is tried again with growing pauses, each announced', async () => {
    vi.useFakeTimers()
    const limited = failing('modelRateLimited', true)
    const running = run({ model: scriptedModel(limited, limited, limited, says('ok')) })
    await vi.runAllTimersAsync()
    const ran = await running
    expect(ran.end.type).toBe('completed')
    const delays = ran.events.flatMap((event) => (event.type === 'modelRetried' ? [event.delayMs] : []))
    expect(delays).toHaveLength(3)
    for (const [index, delay] of delays.entries()) {
      expect(delay).toBeGreaterThanOrEqual(375 * 2 ** index)
      expect(delay).toBeLessThanOrEqual(625 * 2 ** index)
    }
  })

  test('ends the task after four attempts', async () => {
    vi.useFakeTimers()
    const limited = failing('modelRateLimited', true, 1000)
    const model = scriptedModel(limited, limited, limited, limited)
    const running = run({ model })
    await vi.runAllTimersAsync()
    const ran = await running
    expect(failure(ran)?.code).toBe('modelRateLimited')
    expect(ran.events.filter(({ type }) => type === 'modelRetried')).toMatchObject([{ delayMs: 1000 }, {}, {}])
    expect(model.requests).toHaveLength(4)
  })

  test('waits as long as the provider asks, at most a minute', async () => {
    vi.useFakeTimers()
    const running = run({ model: scriptedModel(failing('modelRateLimited', true, 3_600_000), says('ok')) })
    await vi.runAllTimersAsync()
    expect((await running).events).toContainEqual(expect.objectContaining({ type: 'modelRetried', delayMs: 60_000 }))
  })

  test('that will not pass ends the task at once', async () => {
    const ran = await run({ model: scriptedModel(failing('modelError', false)) })
    expect(failure(ran)).toEqual({ code: 'modelError', message: 'No.' })
    expect(types(ran)).toBe('stepStarted')
  })

  test('an empty reply is nudged once, and its tokens are counted', async () => {
    const usage = { inputTokens: 10, outputTokens: 1 }
    const empty: ModelReply = { type: 'reply', text: ' \n', reasoning: 'Hm', calls: [], finish: 'stop', usage }
    const model = scriptedModel(empty, { ...says('ok'), usage } as ModelReply)
    const ran = await run({ model })
    expect(ran.end.type).toBe('completed')
    expect(types(ran)).toBe('stepStarted modelRetried modelReplied')
    expect(ran.events.at(-1)).toMatchObject({ usage: { inputTokens: 20, outputTokens: 2 } })
    const twice = await run({ model: scriptedModel(empty, empty) })
    expect(failure(twice)?.code).toBe('modelReplyInvalid')
  })

  test('a model that throws is a bug of ours, told with its message', async () => {
    const model: Model = { name: 'm', reply: async () => Promise.reject(new Error('boom')) }
    expect(failure(await run({ model }))).toMatchObject({ code: 'internal', message: expect.stringContaining('boom') })
  })
})

describe('trouble with the sandbox', () => {
  test('that cannot be opened: nothing runs', async () => {
    const why = sandboxUnavailable('bubblewrap', 'bwrap is missing.', 'sudo apt-get install bubblewrap')
    const ran = await run({
      model: scriptedModel(asks(['exec', { command: 'ls' }])),
      sandbox: () => Promise.reject(why),
      afterStep: () => Promise.reject(new Error('no layer either')),
    })
    expect(failure(ran)).toMatchObject({ code: 'sandboxUnavailable', fix: 'sudo apt-get install bubblewrap' })
    expect(types(ran)).toBe('stepStarted modelReplied')
  })

  test('that dies under a call: told to the model, and opened again', async () => {
    const dying = memorySandbox({
      exec: (_command, _options, sandbox) => {
        sandbox.die()
        return {}
      },
    })
    const fresh = memorySandbox({ exec: () => ({ stdout: 'here\n' }) })
    const boxes = [dying, fresh]
    const command = asks(['exec', { command: 'x' }])
    const ran = await run({
      model: scriptedModel(command, command, says('ok')),
      sandbox: async () => boxes.shift() as MemorySandbox,
    })
    expect(ran.end.type).toBe('completed')
    expect(outcomes(ran)).toEqual([
      expect.stringMatching(/^error: The sandbox is gone.*may have run in part/),
      'ok: [exit 0 in 0.0 s]\nhere\n',
    ])
  })

  test('that always dies ends the task', async () => {
    const model: Model = { name: 'm', reply: async () => asks(['exec', { command: 'x' }]) }
    const ran = await run({
      model,
      sandbox: async () => {
        const box = memorySandbox()
        box.die()
        return box
      },
    })
    expect(failure(ran)?.code).toBe('sandboxUnavailable')
    expect(finished(ran)).toHaveLength(3)
  })

  test('a tool with a bug ends the task, its call is closed', async () => {
    const ran = await run({
      model: scriptedModel(asks(['write_file', { path: 'a', content: '' }])),
      beforeWrite: () => Promise.reject(new TypeError('x is undefined')),
    })
    expect(failure(ran)).toMatchObject({ code: 'internal', message: expect.stringContaining('x is undefined') })
    expect(outcomes(ran)).toEqual([expect.stringMatching(/^error: x is undefined/)])
  })
})

describe('a store that takes nothing more', () => {
  test.each(['stepStarted', 'modelReplied', 'toolStarted', 'toolFinished'])('at %s', async (type) => {
    const box = memorySandbox()
    const ran = await run({
      box,
      model: scriptedModel(asks(['exec', { command: 'x' }])),
      emit: (event) => {
        if (event.type === type) throw storeUnavailable('the disk is full.', 'Free some space.')
      },
    })
    expect(failure(ran)).toMatchObject({ code: 'storeUnavailable', fix: 'Free some space.' })
    expect(box.commands).toHaveLength(type === 'toolFinished' ? 1 : 0)
  })

  test('whatever it throws', async () => {
    const emit = () => {
      throw new Error('SQLITE_FULL')
    }
    expect(failure(await run({ model: scriptedModel(says('x')), emit }))).toMatchObject({
      code: 'storeUnavailable',
      message: expect.stringContaining('SQLITE_FULL'),
    })
  })
})
