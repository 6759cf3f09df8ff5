import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Decision } from '#protocol/approval.ts'
import type { LoggedEvent, SessionEvent, ToolCall } from '#protocol/event.ts'
import { conversation } from '../../daemon/agent/conversation.ts'
import { fitMessages, messageSize } from '../../daemon/agent/fitMessages.ts'
import { goOn } from '../../daemon/agent/goOn.ts'
import type { Message } from '../../daemon/agent/model.ts'

const decision: Decision = { verdict: 'allow', rule: 'test', risk: 'low', reason: '' }
const call = (id: string): ToolCall => ({ id, tool: 'list_dir', arguments: '{}' })
const log = (events: SessionEvent[]): LoggedEvent[] =>
  events.map((event, index) => ({ seq: index + 1, at: index, event }))
const submitted = (task: string, prompt = `Do ${task}.`): SessionEvent => ({ type: 'taskSubmitted', task, prompt })
const started = (task: string, resumed = false): SessionEvent => ({
  type: 'taskStarted',
  task,
  prompt: `Do ${task}.`,
  model: 'm',
  resumed,
})
const replied = (task: string, step: number, text: string, ...ids: string[]): SessionEvent[] => [
  { type: 'stepStarted', task, step },
  { type: 'modelReplied', task, step, text, calls: ids.map(call) },
]
const ran = (task: string, step: number, id: string, output = `out ${id}`): SessionEvent[] => [
  { type: 'toolStarted', task, step, call: id, tool: 'list_dir', action: { type: 'list', path: '/w' }, decision },
  { type: 'toolFinished', task, step, call: id, outcome: 'ok', output, summary: '', durationMs: 1 },
]
const asked = (task: string, id: string): SessionEvent => ({
  type: 'approvalAsked',
  approval: {
    id: `approval-${id}`,
    session: 's',
    task,
    call: id,
    tool: 'list_dir',
    action: { type: 'list', path: '/etc' },
    hash: '',
    risk: 'low',
    reason: '',
    askedAt: 0,
  },
})

/** The conversation as lines: U user, A assistant with its calls, T tool result. */
function check(events: SessionEvent[], task: string) {
  const { messages, stepsDone, unfinished } = conversation(log(events), task)
  return {
    talk: messages.map(line),
    stepsDone,
    unfinished: unfinished.map(({ id, step, progress }) => `${step} ${id} ${progress}`),
  }
}

function line(message: Message): string {
  if (message.role === 'user') return `U ${message.text}`
  if (message.role === 'tool') return `T ${message.call} ${message.output}`
  return ['A', message.text, ...message.calls.map(({ id }) => id)].filter((part) => part !== '').join(' ')
}

describe('conversation', () => {
  test('tells earlier tasks in order, then the task', () => {
    const events = [
      submitted('t1'),
      submitted('t2'),
      started('t1'),
      ...replied('t1', 1, 'Looking.', 'a'),
      ...ran('t1', 1, 'a'),
      ...replied('t1', 2, 'Done.'),
      { type: 'taskCompleted', task: 't1' } as const,
      started('t2'),
    ]
    expect(check(events, 't2')).toEqual({
      talk: ['U Do t1.', 'A Looking. a', 'T a out a', 'A Done.', 'U Do t2.'],
      stepsDone: 0,
      unfinished: [],
    })
    expect(check(events.slice(0, 3), 't1').talk).toEqual(['U Do t1.'])
    // A task that has not started yet is known by its submission; those still queued are no part of it.
    expect(check(events.slice(0, 7), 't2').talk.at(-1)).toBe('U Do t2.')
    expect(check(events.slice(0, 7), 't1').talk).not.toContain('U Do t2.')
  })

  test('says which calls of the last step are open, and how far they came', () => {
    const events = [started('t'), ...replied('t', 1, '', 'a', 'b', 'c', 'd'), ...ran('t', 1, 'a')]
    events.push(ran('t', 1, 'b')[0] as SessionEvent, asked('t', 'c'))
    expect(check(events, 't')).toEqual({
      talk: ['U Do t.', 'A a b c d', 'T a out a'],
      stepsDone: 1,
      unfinished: ['1 b started', '1 c asked', '1 d new'],
    })
  })

  test('a text that was cut is gone on with, but not once its task has ended', () => {
    const cut = replied('t1', 1, 'Half').map((event) => ({ ...event, cut: true }) as SessionEvent)
    const goOn = 'U [Your reply was cut off by the provider’s length limit. Go on where it ended.]'
    expect(check([started('t1'), ...cut], 't1').talk).toEqual(['U Do t1.', 'A Half', goOn])
    const more = [started('t1'), ...cut, ...replied('t1', 2, 'Rest.')]
    expect(check(more, 't1').talk).toEqual(['U Do t1.', 'A Half', goOn, 'A Rest.'])
    const ended: SessionEvent[] = [
      started('t1'),
      ...cut,
      { type: 'taskCancelled', task: 't1', by: 'user' },
      started('t2'),
    ]
    expect(check(ended, 't2').talk.slice(0, 2)).toEqual(['U Do t1.', 'A Half'])
    expect(check(ended, 't2').talk).toHaveLength(3)
  })

  test('open calls of a reply that was cut are known as such', () => {
    const cut = replied('t', 1, '', 'a').map((event) => ({ ...event, cut: true }) as SessionEvent)
    expect(conversation(log([started('t'), ...cut]), 't')).toMatchObject({ unfinished: [{ id: 'a', cut: true }] })
    expect(check([started('t'), ...cut], 't').talk).toEqual(['U Do t.', 'A a'])
  })

  test('a step without its reply is had, and done again under another number', () => {
    const events: SessionEvent[] = [started('t'), { type: 'stepStarted', task: 't', step: 1 }]
    expect(check(events, 't')).toEqual({ talk: ['U Do t.'], stepsDone: 1, unfinished: [] })
  })

  test('closes what earlier tasks left open, and says how they ended and what the user did since', () => {
    const events: SessionEvent[] = [
      started('t1'),
      ...replied('t1', 1, '', 'a', 'b'),
      ran('t1', 1, 'a')[0] as SessionEvent,
      { type: 'taskCancelled', task: 't1', by: 'user' },
      { type: 'changeDiscarded', path: 'x.js', by: 'user' },
      { type: 'changeDiscarded', path: 'y.js', hunks: 1, by: 'user' },
      { type: 'changeKept', path: 'z.js', by: 'user' },
      started('t2'),
    ]
    expect(check(events, 't2').talk).toEqual([
      'U Do t1.',
      'A a b',
      'T a The task ended while this call ran; it may have run in part.',
      'T b This call was not run: the task ended before.',
      'U [The user stopped the task before this one. The user discarded the changes to "x.js". The user discarded parts of the changes to "y.js". The user kept "z.js".]\n\nDo t2.',
    ])
  })

  test('what the user did while a task was interrupted is told when it goes on, and to later tasks where it belongs', () => {
    const events: SessionEvent[] = [
      started('t1'),
      ...replied('t1', 1, '', 'a'),
      ...ran('t1', 1, 'a'),
      { type: 'taskFailed', task: 't1', failure: { code: 'interrupted', message: 'Gone.', fix: '' } },
      { type: 'layerRewound', checkpoint: 'c', files: 2, by: 'user' },
      { type: 'layerRewound', checkpoint: 'c', files: 0, by: 'user' },
      started('t1', true),
    ]
    const goneBack =
      'U [Since this task began: The user took 2 files back to an earlier state; read files again before you rely on what they were.]\n\nDo t1.'
    expect(check(events, 't1').talk).toEqual([goneBack, 'A a', 'T a out a'])
    const later: SessionEvent[] = [...events, { type: 'taskCompleted', task: 't1' }, started('t2')]
    expect(check(later, 't2').talk).toEqual([goneBack, 'A a', 'T a out a', 'U Do t2.'])
  })

  test('a resumed task comes last and goes on', () => {
    const events: SessionEvent[] = [
      started('t1'),
      ...replied('t1', 1, '', 'a'),
      { type: 'taskFailed', task: 't1', failure: { code: 'interrupted', message: 'x' } },
      started('t2'),
      ...replied('t2', 1, 'Two.'),
      { type: 'taskCompleted', task: 't2' },
      started('t1', true),
    ]
    expect(check(events, 't1')).toEqual({
      talk: ['U [The task before this one failed: x]\n\nDo t2.', 'A Two.', 'U Do t1.', 'A a'],
      stepsDone: 1,
      unfinished: ['1 a new'],
    })
  })

  test('a task that was resumed in between is told whole', () => {
    const events: SessionEvent[] = [
      started('t1'),
      ...replied('t1', 1, '', 'a'),
      { type: 'taskFailed', task: 't1', failure: { code: 'interrupted', message: 'x' } },
      started('t1', true),
      ...ran('t1', 1, 'a'),
      ...replied('t1', 2, 'Done.'),
      { type: 'taskCompleted', task: 't1' },
      started('t2'),
    ]
    expect(check(events, 't2').talk).toEqual(['U Do t1.', 'A a', 'T a out a', 'A Done.', 'U Do t2.'])
  })

  test('shows what the prompt points at, and cannot be broken out of', () => {
    const references = [
      { path: 'a".js', startLine: 3, endLine: 9, text: 'x\n```\ny' },
      { path: 'b.js', startLine: 4 },
      { path: 'big', text: 'z'.repeat(150_000) },
    ]
    const event: SessionEvent = { ...(submitted('t') as Extract<SessionEvent, { type: 'taskSubmitted' }>), references }
    const [text = ''] = check([event], 't').talk
    expect(text).toContain('- "a\\".js", lines 3 to 9\n````\nx\n```\ny\n````\n- "b.js", line 4\n')
    expect(text).toMatch(/\[… 50,\d\d\d characters left out; read the file …\]/)
    expect(text.length).toBeLessThan(101_000)
  })

  test('any prefix of any log is well-formed', () => {
    const task = fc.constantFrom('t1', 't2', 't3')
    const id = fc.constantFrom('a', 'b', 'c')
    const step = fc.integer({ min: 1, max: 4 })
    const event: fc.Arbitrary<SessionEvent> = fc.oneof(
      task.map((name) => submitted(name)),
      fc.tuple(task, fc.boolean()).map(([name, resumed]) => started(name, resumed)),
      fc
        .tuple(task, step, fc.uniqueArray(id))
        .map(([name, at, ids]) => replied(name, at, 'x', ...ids)[1] as SessionEvent),
      fc
        .tuple(task, step, id, fc.boolean())
        .map(([name, at, one, end]) => ran(name, at, one)[end ? 1 : 0] as SessionEvent),
      fc.tuple(task, id).map(([name, one]) => asked(name, one)),
      task.map((name): SessionEvent => ({ type: 'taskCancelled', task: name, by: 'x' })),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), task, (events, name) => {
        const { messages, unfinished } = conversation(log(events), name)
        expectWellFormed(messages, new Set(unfinished.map(({ id: open }) => open)))
      }),
    )
  })

  test('stays within bounds, however long the log', () => {
    function* endless(): Generator<LoggedEvent> {
      let seq = 0
      yield { seq: ++seq, at: 0, event: started('t1') }
      for (let step = 1; step <= 5000; step++) {
        const events = [...replied('t1', step, 'x', `c${step}`), ...ran('t1', step, `c${step}`, 'y'.repeat(5000))]
        for (const event of events) yield { seq: ++seq, at: 0, event }
      }
      yield { seq: ++seq, at: 0, event: started('t2') }
    }
    const { messages } = conversation(endless(), 't2')
    expect(messages.reduce((sum, message) => sum + messageSize(message), 0)).toBeLessThanOrEqual(400_000)
    expect(messages.filter(({ role }) => role === 'user').map(line)).toEqual([
      'U [Earlier steps of this session are left out here to save room.]',
      'U Do t1.',
      'U Do t2.',
    ])
    expect(line(messages.at(-2) as Message)).toBe(`T c5000 ${'y'.repeat(5000)}`)
    expectWellFormed(messages, new Set())
  })
})

describe('fitting', () => {
  const steps = (count: number, output: number): Message[] =>
    Array.from({ length: count }, (_, index): Message[] => [
      { role: 'assistant', text: `step ${index}`, calls: [call(`c${index}`)] },
      { role: 'tool', call: `c${index}`, output: 'y'.repeat(output) },
    ]).flat()
  const prompt: Message = { role: 'user', text: 'Do it.' }

  test('leaves what fits alone', () => {
    const messages = [prompt, ...steps(3, 10)]
    expect(fitMessages(messages)).toEqual(messages)
  })

  test('first drops old outputs, then old steps; never the prompt nor the last step', () => {
    const shortened = fitMessages([prompt, ...steps(10, 1000)], 8000, 6000).map(line)
    expect(shortened[2]).toBe('T c0 [1,000 characters of output left out here to save room.]')
    expect(shortened).toHaveLength(21)
    expect(shortened.at(-1)).toBe(`T c9 ${'y'.repeat(1000)}`)
    const dropped = fitMessages([prompt, ...steps(1000, 1000)], 8000, 6000).map(line)
    expect(dropped.slice(0, 2)).toEqual([
      'U [Earlier steps of this session are left out here to save room.]',
      'U Do it.',
    ])
    expect(dropped.at(-1)).toBe(`T c999 ${'y'.repeat(1000)}`)
  })

  test('a note of ours is not taken for the prompt', () => {
    const messages: Message[] = [prompt, { role: 'assistant', text: 'Half', calls: [] }, goOn, ...steps(1000, 1000)]
    expect(fitMessages(messages, 8000, 6000).map(line)[1]).toBe('U Do it.')
  })

  test('cuts within the last step where that alone is too much', () => {
    const calls = ['a', 'b', 'c'].map(call)
    const results = calls.map(({ id }): Message => ({ role: 'tool', call: id, output: 'y'.repeat(4000) }))
    const fitted = fitMessages([prompt, { role: 'assistant', text: '', calls }, ...results], 8000, 6000)
    expect(fitted.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'tool'])
    expect(fitted.reduce((sum, message) => sum + messageSize(message), 0)).toBeLessThan(6000)
  })
})

function expectWellFormed(messages: readonly Message[], open: ReadonlySet<string>): void {
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant') continue
    const results: string[] = []
    for (let at = index + 1; messages[at]?.role === 'tool'; at++) {
      results.push((messages[at] as Extract<Message, { role: 'tool' }>).call)
    }
    const isLast = !messages.slice(index + 1).some(({ role }) => role !== 'tool')
    const missing = message.calls.map(({ id }) => id).filter((id) => !results.includes(id))
    expect(new Set(results).size).toBe(results.length)
    expect(results.every((id) => message.calls.some((one) => one.id === id))).toBe(true)
    expect(missing.filter((id) => !(isLast && open.has(id)))).toEqual([])
  }
  const first = messages.findIndex(({ role }) => role === 'tool')
  if (first >= 0) expect(messages.slice(0, first).some(({ role }) => role === 'assistant')).toBe(true)
}
