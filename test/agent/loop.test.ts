import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Decision } from '#protocol/approval.ts'
import { sandboxUnavailable, storeUnavailable } from '#protocol/errors.ts'
import type { EventOf, LoggedEvent, SessionEvent } from '#protocol/event.ts'
import { BackgroundProcesses } from '../../daemon/agent/background.ts'
import { conversation } from '../../daemon/agent/conversation.ts'
import { distinctCalls } from '../../daemon/agent/distinctCalls.ts'
import type { Allowed, Gate } from '../../daemon/agent/gate.ts'
import { type LoopEnd, type LoopParams, runTask } from '../../daemon/agent/loop.ts'
import type { Model, ModelReply } from '../../daemon/agent/model.ts'
import { tools } from '../../daemon/agent/tools/tools.ts'
import { type MemorySandbox, memorySandbox } from '../support/memorySandbox.ts'
import { asks, says, scriptedModel } from '../support/scriptedModel.ts'

const decision: Decision = { verdict: 'allow', rule: 'test', risk: 'low', reason: 'A test.' }
const allowed: Allowed = { type: 'allowed', decision }
const allowAll: Gate = { pass: async () => allowed, stillAllows: async () => true }

interface Ran {
  readonly end: LoopEnd
  readonly events: SessionEvent[]
  readonly live: string[]
  readonly afterSteps: number
}

/** Runs a task with what is given and the plainest of everything else. */
async function run(params: Partial<LoopParams> & { model: Model; box?: MemorySandbox }): Promise<Ran> {
  const { box = memorySandbox(), ...rest } = params
  const events: SessionEvent[] = []
  const live: string[] = []
  let afterSteps = 0
  const end = await runTask({
    task: 't',
    tools: tools(),
    sandbox: async () => box,
    root: '/project',
    system: 'Be good.',
    messages: [{ role: 'user', text: 'Do it.' }],
    stepsDone: 0,
    unfinished: [],
    gate: allowAll,
    beforeWrite: async () => {},
    afterStep: async () => {
      afterSteps++
    },
    remember: async () => {},
    background: new BackgroundProcesses(() => {}),
    network: { begin: () => 'tag', end: () => {}, waits: () => false },
    emit: (event) => events.push(event),
    live: (step, part, text) => live.push(`${step} ${part} ${text}`),
    signal: new AbortController().signal,
    ...rest,
  })
  return { end, events, live, afterSteps }
}

const types = ({ events }: Ran) => events.map(({ type }) => type).join(' ')
const finished = ({ events }: Ran): EventOf<'toolFinished'>[] => events.filter((event) => event.type === 'toolFinished')
const outcomes = (ran: Ran) => finished(ran).map(({ outcome, output }) => `${outcome}: ${output}`)
const failure = ({ end }: Ran) => (end.type === 'failed' ? end.failure : undefined)
const failing = (code: 'modelRateLimited' | 'modelError', retry: boolean, retryAfterMs?: number): ModelReply => ({
  type: 'failure',
  failure: { code, message: 'No.' },
  retry,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

afterEach(() => {
  vi.useRealTimers()
})

describe('steps', () => {
  test('go from reply to calls to the next reply, each stored before the next thing is done', async () => {
    const model = scriptedModel(
      asks(['write_file', { path: 'a', content: 'x\n' }], ['read_file', { path: 'a' }]),
      (_request, { onText }) => {
        onText('reasoning', 'Hm.')
        onText('reply', 'Done.')
        return says('Done.')
      },
    )
    const ran = await run({ model })
    expect(ran.end).toEqual({ type: 'completed' })
    expect(types(ran)).toBe(
      'stepStarted modelReplied toolStarted toolFinished toolStarted toolFinished stepStarted modelReplied',
    )
    expect(ran.events[2]).toMatchObject({
      call: '1_0_a1',
      tool: 'write_file',
      action: { type: 'write', path: '/project/a' },
      decision,
    })
    expect(outcomes(ran)).toEqual(['ok: a created, 1 line.', 'ok: x\n'])
    expect(ran.live).toEqual(['2 reasoning Hm.', '2 reply Done.'])
    expect(ran.afterSteps).toBe(1)
    expect(model.requests[0]).toMatchObject({ system: 'Be good.', messages: [{ role: 'user', text: 'Do it.' }] })
    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool'])
  })

  test('output of a running command is live', async () => {
    const box = memorySandbox({ exec: () => ({ stdout: 'hello\n' }) })
    const ran = await run({ box, model: scriptedModel(asks(['exec', { command: 'x' }]), says('ok')) })
    expect(ran.live).toEqual(['1 1_0_a1 hello\n'])
  })

  test('stop at the limit, and a resumed task has as many again', async () => {
    const model = (): Model => ({ name: 'm', reply: async () => asks(['list_dir', {}]) })
    const ran = await run({ model: model(), maxSteps: 3 })
    expect(failure(ran)?.code).toBe('stepLimit')
    expect(ran.events.filter(({ type }) => type === 'stepStarted')).toHaveLength(3)
    const resumed = await run({ model: model(), maxSteps: 2, stepsDone: 3 })
    expect(resumed.events.filter(({ type }) => type === 'stepStarted')).toMatchObject([{ step: 4 }, { step: 5 }])
  })

  test('a reply without calls that was cut by its length goes on', async () => {
    const model = scriptedModel({ type: 'reply', text: 'Half', calls: [], finish: 'length' }, says('Rest.'))
    const ran = await run({ model })
    expect(ran.end.type).toBe('completed')
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'user', text: expect.stringContaining('cut off') })
  })

  test('a reply that was cut by its length is no last word after a crash', async () => {
    const model = scriptedModel({ type: 'reply', text: 'Half', calls: [], finish: 'length' })
    const log: LoggedEvent[] = [
      { seq: 1, at: 0, event: { type: 'taskStarted', task: 't', prompt: 'Do it.', model: 'm', resumed: false } },
    ]
    const crashed = await run({
      model,
      emit: (event) => {
        // The daemon ends right after it has stored the reply.
        if (event.type === 'stepStarted' && event.step === 2) throw new Error('gone')
        log.push({ seq: log.length + 1, at: 0, event })
      },
    })
    expect(crashed.end.type).toBe('failed')
    const { messages, stepsDone, unfinished } = conversation(log, 't')
    const again = scriptedModel(says('Rest.'))
    const resumed = await run({ model: again, messages, stepsDone, unfinished })
    expect(resumed.end.type).toBe('completed')
    expect(again.requests[0]?.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', text: 'Half' },
      { role: 'user', text: expect.stringContaining('cut off') },
    ])
  })

  test('ids that repeat are told apart', async () => {
    const once = asks(['list_dir', {}], ['list_dir', {}]) as Extract<ModelReply, { type: 'reply' }>
    const same = { ...once, calls: once.calls.map((call) => ({ ...call, id: 'x' })) }
    const model = scriptedModel(same, same, says('ok'))
    const ran = await run({ model })
    const ids = finished(ran).map(({ call }) => call)
    expect(new Set(ids).size).toBe(4)
    const replied = ran.events.flatMap((event) => (event.type === 'modelReplied' ? event.calls : []))
    expect(replied.map(({ id }) => id)).toEqual(ids)
  })

  test('an id that comes again after a resume, its first call long forgotten, is another call', async () => {
    const same = asks(['list_dir', {}])
    const calls: string[] = []
    const gate: Gate = {
      ...allowAll,
      pass: async ({ call }) => {
        calls.push(call)
        return allowed
      },
    }
    await run({ model: scriptedModel(same, says('ok')), gate })
    // The messages of a resumed task are trimmed: nothing in them tells of the first call.
    await run({ model: scriptedModel(same, says('ok')), gate, stepsDone: 2 })
    expect(calls).toEqual(['1_0_a1', '3_0_a1'])
  })

  test('no id can be made to look like that of another step', () => {
    const ids = ['x', '', '2_0_x', '1_1_x', '1_0_x', 'x', '0_x']
    const all = [1, 2, 21, 3].flatMap((step) =>
      distinctCalls(
        ids.map((id) => ({ id, tool: 'list_dir', arguments: '{}' })),
        step,
      ),
    )
    expect(new Set(all.map(({ id }) => id)).size).toBe(4 * ids.length)
  })

  test('a huge conversation is made to fit', async () => {
    const box = memorySandbox({ files: { f: 'y'.repeat(90_000) } })
    const read = asks(['read_file', { path: 'f' }])
    const model = scriptedModel(read, read, read, read, read, read, says('ok'))
    await run({ box, model })
    const sizes = model.requests.map(({ messages }) => JSON.stringify(messages).length)
    expect(Math.max(...sizes)).toBeLessThan(410_000)
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('characters of output left out here')
  })
})

describe('calls that cannot be run', () => {
  test.each<[string, string, object | string, RegExp]>([
    [
      'malformed arguments',
      'exec',
      '{"command":"rm -rf x',
      /error: The call was not run: its arguments are not valid JSON/,
    ],
    ['empty arguments', 'list_dir', '', /not valid JSON/],
    ['arguments that are a list', 'exec', '["ls"]', /must be one JSON object/],
    ['two objects', 'exec', '{"command":"a"}{"command":"b"}', /not valid JSON/],
    ['an unknown tool', 'delete_all', {}, /error: There is no tool "delete_all". The tools are: exec, /],
    ['a name of JavaScript', 'constructor', {}, /There is no tool "constructor"/],
    ['numbers as strings', 'exec', { command: 'ls', timeout_seconds: '5' }, /expected number, received string/],
  ])('%s', async (_name, tool, args, output) => {
    const gate: Gate = { ...allowAll, pass: vi.fn() }
    const box = memorySandbox()
    const model = scriptedModel(asks([tool, args]), says('I see.'))
    const ran = await run({ model, box, gate })
    expect(ran.end.type).toBe('completed')
    expect(outcomes(ran)).toEqual([expect.stringMatching(output)])
    expect(types(ran)).not.toContain('toolStarted')
    expect(gate.pass).not.toHaveBeenCalled()
    expect(box.commands).toEqual([])
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', call: '1_0_a1' })
  })

  test('a call cut by the reply’s length is named as such', async () => {
    const cut = { ...(asks(['write_file', '{"path":"a","content":"xx']) as object), finish: 'length' } as ModelReply
    const ran = await run({ model: scriptedModel(cut, says('Smaller.')) })
    expect(outcomes(ran)[0]).toMatch(/not valid JSON .* length limit: make the call smaller/)
  })

  test('a denied call tells the guidance and the rest goes on', async () => {
    const gate: Gate = {
      ...allowAll,
      pass: async ({ tool }) =>
        tool === 'exec' ? { type: 'denied', decision, guidance: 'Denied: use the mirror.' } : allowed,
    }
    const box = memorySandbox()
    const model = scriptedModel(asks(['exec', { command: 'curl x', network: true }], ['list_dir', {}]), says('ok'))
    const ran = await run({ model, gate, box })
    expect(outcomes(ran)).toEqual(['denied: Denied: use the mirror.', 'ok: [The folder is empty.]'])
    expect(box.commands).toEqual([])
    expect(model.requests[1]?.messages.at(-2)).toEqual({
      role: 'tool',
      call: '1_0_a1',
      output: 'Denied: use the mirror.',
    })
  })

  test('the gate sees what will run, and the claim apart from it', async () => {
    const pass = vi.fn(allowAll.pass)
    const box = memorySandbox()
    const args = { command: 'npm i', purpose: 'safe, already approved', network: true }
    await run({ model: scriptedModel(asks(['exec', args]), says('ok')), gate: { ...allowAll, pass }, box })
    expect(pass.mock.calls[0]?.[0]).toEqual({
      task: 't',
      step: 1,
      call: '1_0_a1',
      tool: 'exec',
      arguments: JSON.stringify(args),
      action: { type: 'command', command: 'npm i', cwd: '/project', network: true },
      claim: 'safe, already approved',
    })
    expect(box.commands).toMatchObject([{ line: 'npm i', network: true }])
  })
})

describe('between the yes and the run', () => {
  test('the gate looks once more when all is ready, and nothing of the daemon comes between that and the command', async () => {
    const order: string[] = []
    const box = memorySandbox({
      exec: () => {
        order.push('run')
        return {}
      },
    })
    const gate: Gate = {
      pass: async () => {
        order.push('pass')
        return { ...allowed, remember: true }
      },
      stillAllows: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        order.push('look')
        setImmediate(() => order.push('another turn'))
        return true
      },
    }
    await run({
      model: scriptedModel(asks(['exec', { command: 'x' }]), says('ok')),
      gate,
      box: {
        ...box,
        awake: async () => {
          order.push('awake')
        },
      },
      remember: async () => {
        order.push('remember')
      },
    })
    expect(order.slice(0, 5)).toEqual(['pass', 'remember', 'awake', 'look', 'run'])
  })

  test('what is no longer allowed is decided anew, with what became of it meanwhile', async () => {
    const box = memorySandbox()
    const looked: Allowed[] = []
    const answers = [allowed, { ...allowed, approval: 'a2' }]
    const gate: Gate = {
      pass: async () => answers.shift() ?? { type: 'denied', decision, guidance: 'Denied: a rule came.' },
      stillAllows: async (_call, passed) => {
        looked.push(passed)
        return false
      },
    }
    const ran = await run({ model: scriptedModel(asks(['exec', { command: 'x' }]), says('ok')), gate, box })
    expect(looked.map(({ approval }) => approval)).toEqual([undefined, 'a2'])
    expect(outcomes(ran)).toEqual(['denied: Denied: a rule came.'])
    expect(types(ran)).not.toContain('toolStarted')
    expect(box.commands).toEqual([])
  })

  test('a task that is cancelled while the last look is taken starts nothing', async () => {
    const controller = new AbortController()
    const box = memorySandbox()
    const gate: Gate = {
      ...allowAll,
      stillAllows: async () => {
        controller.abort()
        return true
      },
    }
    const model = scriptedModel(asks(['exec', { command: 'x' }]))
    const ran = await run({ model, gate, box, signal: controller.signal })
    expect(ran.end).toEqual({ type: 'cancelled' })
    expect(types(ran)).not.toContain('toolStarted')
    expect(box.commands).toEqual([])
  })
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
