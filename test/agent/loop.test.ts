import { describe, expect, test, vi } from 'vitest'
import type { LoggedEvent } from '#protocol/event.ts'
import { conversation } from '../../daemon/agent/conversation.ts'
import { distinctCalls } from '../../daemon/agent/distinctCalls.ts'
import type { Allowed, Gate } from '../../daemon/agent/gate.ts'
import type { Model, ModelReply } from '../../daemon/agent/model.ts'
import { allowAll, allowed, decision, failure, finished, outcomes, run, types } from '../support/loopRun.ts'
import { memorySandbox } from '../support/memorySandbox.ts'
import { asks, says, scriptedModel } from '../support/scriptedModel.ts'

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
