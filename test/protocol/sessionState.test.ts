import { expect, test } from 'vitest'
import type { Approval } from '#protocol/approval.ts'
import type { LoggedEvent, SessionEvent } from '#protocol/event.ts'
import { emptySession, reduce } from '#protocol/sessionState.ts'

const approval: Approval = {
  id: 'a1',
  session: 's1',
  task: 't1',
  call: 'c1',
  tool: 'exec',
  action: { type: 'command', command: 'npm install', cwd: '/w', network: true },
  hash: 'h',
  risk: 'medium',
  reason: 'network',
  askedAt: 5,
}

function fold(events: readonly SessionEvent[]) {
  return events.reduce((state, event, i) => reduce(state, { seq: i + 1, at: 100 + i, event }), emptySession('s1'))
}

const begin: SessionEvent[] = [
  { type: 'sessionCreated', folder: '/w', title: 'x' },
  { type: 'taskSubmitted', task: 't1', prompt: 'do' },
  { type: 'taskStarted', task: 't1', prompt: 'do', model: 'm', resumed: false },
]

test.each<[string, SessionEvent[], string, number]>([
  ['started', [], 'running', 0],
  ['asked', [{ type: 'approvalAsked', approval }], 'waiting', 1],
  [
    'answered',
    [
      { type: 'approvalAsked', approval },
      { type: 'approvalAnswered', approval: 'a1', task: 't1', outcome: { type: 'allowOnce' }, by: 'x' },
    ],
    'running',
    0,
  ],
  ['completed', [{ type: 'taskCompleted', task: 't1' }], 'completed', 0],
  [
    'cancelled while it asked',
    [
      { type: 'approvalAsked', approval },
      { type: 'taskCancelled', task: 't1', by: 'x' },
    ],
    'cancelled',
    0,
  ],
  [
    'failed and resumed',
    [
      { type: 'taskFailed', task: 't1', failure: { code: 'interrupted', message: 'gone' } },
      { type: 'taskStarted', task: 't1', prompt: 'do', model: 'm', resumed: true },
    ],
    'running',
    0,
  ],
])('a task that was %s', (_, events, state, approvals) => {
  const reduced = fold([...begin, ...events])
  expect(reduced.tasks.map((task) => task.state)).toEqual([state])
  expect(reduced.approvals).toHaveLength(approvals)
  expect(reduced.tasks[0]?.failure).toBeUndefined()
})

test('an event that was taken in already changes nothing', () => {
  const state = fold(begin)
  const again: LoggedEvent = { seq: 2, at: 999, event: { type: 'taskSubmitted', task: 't2', prompt: 'twice' } }
  expect(reduce(state, again)).toBe(state)
})

test('the state stays bounded however many tasks there were', () => {
  const events: SessionEvent[] = [{ type: 'sessionCreated', folder: '/w', title: 'x' }]
  for (let i = 0; i < 500; i++) {
    events.push({ type: 'taskSubmitted', task: `t${i}`, prompt: 'do' }, { type: 'taskCompleted', task: `t${i}` })
  }
  events.push({ type: 'taskSubmitted', task: 'last', prompt: 'do' })
  const { tasks } = fold(events)
  expect(tasks).toHaveLength(21)
  expect(tasks.at(-1)).toMatchObject({ id: 'last', state: 'queued' })
  expect(tasks[0]?.id).toBe('t480')
})

test('usage adds up over the replies that told it', () => {
  const reply = { type: 'modelReplied' as const, task: 't1', step: 1, text: '', calls: [] }
  const state = fold([
    ...begin,
    { ...reply, usage: { inputTokens: 10, outputTokens: 3, cachedTokens: 4 } },
    { ...reply },
    { ...reply, usage: { inputTokens: 5, outputTokens: 1 } },
  ])
  expect(state.usage).toEqual({ inputTokens: 15, outputTokens: 4, cachedTokens: 4 })
})
