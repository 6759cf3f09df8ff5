import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Approval } from '#protocol/approval.ts'
import { TerminalQuestions } from '../../daemon/cli/terminalQuestions.ts'

const approval = (command: string): Approval => ({
  id: command,
  session: 's',
  task: 't',
  call: 'c',
  tool: 'exec',
  action: { type: 'command', command, cwd: '/project', network: true },
  hash: '',
  risk: 'medium',
  reason: 'A test.',
  askedAt: 0,
})

function terminal() {
  const keyboard = new PassThrough()
  const screen = new PassThrough({ encoding: 'utf8' })
  let shown = ''
  const waiting = new Set<() => void>()
  screen.on('data', (text) => {
    shown += text
    for (const look of waiting) look()
  })
  const questions = new TerminalQuestions(keyboard, screen, () => {})
  return {
    questions,
    type: (text: string) => keyboard.write(text),
    end: () => keyboard.end(),
    shown: () => shown,
    /** Settles when this has been shown, and the question after it. */
    until: (text: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const at = shown.indexOf(text)
          if (at < 0 || !shown.includes('deny (N)?', at)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

test.each([
  ['y\n', { type: 'allowOnce' }],
  ['session\n', { type: 'allowForSession' }],
  ['\n', { type: 'deny' }],
  ['what?\n', { type: 'deny' }],
])('%j', async (typed, outcome) => {
  const { questions, type, until } = terminal()
  const answered = questions.ask(approval('one'), new AbortController().signal)
  await until('one')
  type(typed)
  expect(await answered).toEqual(outcome)
})

test('the end of the input denies', async () => {
  const { questions, end, until } = terminal()
  const answered = questions.ask(approval('one'), new AbortController().signal)
  await until('one')
  end()
  expect(await answered).toEqual({ type: 'deny' })
})

test('one typed answer does not answer two questions: the second is not shown before the first is done', async () => {
  const { questions, type, until, shown } = terminal()
  const { signal } = new AbortController()
  const [first, second] = [questions.ask(approval('one'), signal), questions.ask(approval('later'), signal)]
  await until('one')
  type('y\ny\n')
  expect(await first).toEqual({ type: 'allowOnce' })
  await until('later')
  expect(shown().match(/Allow once/g)).toHaveLength(2)
  type('n\n')
  expect(await second).toEqual({ type: 'deny' })
})

test('a question that was answered elsewhere takes no answer any more, nor does what was typed at it count', async () => {
  const { questions, type, until, shown } = terminal()
  const elsewhere = new AbortController()
  const first = questions.ask(approval('one'), elsewhere.signal)
  await until('one')
  type('y')
  elsewhere.abort('Answered elsewhere.')
  expect(await first).toBeUndefined()
  expect(shown()).toMatch(/\nAnswered elsewhere\.\n$/)
  const second = questions.ask(approval('later'), new AbortController().signal)
  await until('later')
  type('\n')
  expect(await second).toEqual({ type: 'deny' })
})

test('what was typed before the question was shown is no answer to it', async () => {
  const { questions, type, until } = terminal()
  type('y\nyes\ny')
  const answered = questions.ask(approval('one'), new AbortController().signal)
  await until('one')
  type('\n')
  expect(await answered).toEqual({ type: 'deny' })
})

test('a question that was withdrawn before its turn is never shown', async () => {
  const { questions, type, until, shown } = terminal()
  const first = questions.ask(approval('one'), new AbortController().signal)
  const second = questions.ask(approval('later'), AbortSignal.abort('gone'))
  await until('one')
  type('n\n')
  await first
  expect(await second).toBeUndefined()
  expect(shown()).not.toContain('later')
})
