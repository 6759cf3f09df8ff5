import { describe, expect, test } from 'vitest'
import type { LoggedEvent, SessionEvent } from '#protocol/event.ts'
import { append, emptyTranscript, grow, prepend, setLive, type Transcript, trim } from '../../webview-ui/transcript.ts'
import type { EndItem, Item, ToolItem } from '../../webview-ui/transcriptItem.ts'
import { askForNetwork, begin, fixTheTest, run, step } from './support/story.ts'

function logged(events: readonly SessionEvent[], first = 1): LoggedEvent[] {
  return events.map((event, index) => ({ seq: first + index, at: (first + index) * 1_000, event }))
}

const fold = (events: readonly SessionEvent[], onto: Transcript = emptyTranscript) => append(onto, logged(events))

/** One line for an entry, so that a conversation can be compared as a list. */
function inShort(item: Item): string {
  switch (item.type) {
    case 'prompt':
      return item.resumed ? `resumed ${item.task}` : `prompt ${item.prompt}`
    case 'reply':
    case 'reasoning':
      return `${item.type}${item.live ? ' (live)' : ''} ${item.text}`
    case 'tool':
      return `${item.tool} ${item.call} ${item.state}`
    case 'mode':
      return `mode ${item.mode} by ${item.by}`
    case 'approval':
      return `approval ${typeof item.answer === 'object' ? item.answer.outcome.type : (item.answer ?? 'pending')}`
    case 'changes':
      return `changes ${item.files}`
    case 'moved':
      return `${item.verb} ${item.count}`
    case 'rewound':
      return `rewound ${item.files}`
    case 'host':
      return `host ${item.decision.host} ${item.decision.verdict} ${item.times}`
    case 'retry':
      return `retry ${item.attempt}`
    case 'end':
      return `${item.end} ${item.task}`
  }
}

const shortly = ({ items }: Transcript) => items.map(inShort)

describe('what happened becomes what is drawn', () => {
  test('a whole task', () => {
    const transcript = fold([...fixTheTest('t'), { type: 'taskCompleted', task: 't' }])
    expect(shortly(transcript)).toEqual([
      'prompt Fix the failing test',
      'reply I will look at the project and run its tests first.',
      'list_dir c1 ok',
      'exec c2 error',
      expect.stringContaining('reply One test fails'),
      'read_file c3 ok',
      'search c4 ok',
      'edit_file c5 ok',
      'edit_file c6 ok',
      'changes 2',
      expect.stringContaining('reply The sum'),
      'exec c7 ok',
      'completed t',
    ])
    const end = transcript.items.at(-1) as EndItem
    expect(end.facts).toMatchObject({ steps: 4, tokens: 4 * 1_290, whole: true })
    expect(end.facts.endedAt - end.facts.startedAt).toBe(1_000 * (fixTheTest('t').length - 1))
  })

  test('an approval stands after its call, and says what was answered', () => {
    const asked = fold([...begin('t', 'Go'), ...askForNetwork('s', 't', 1, 'curl example.com')])
    expect(shortly(asked).slice(-2)).toEqual(['exec ask-1 asking', 'approval pending'])
    const denied = append(
      asked,
      logged(
        [{ type: 'approvalAnswered', approval: 'approval-1', task: 't', outcome: { type: 'deny' }, by: 'Ada' }],
        50,
      ),
    )
    expect(shortly(denied).slice(-2)).toEqual(['exec ask-1 proposed', 'approval deny'])
  })

  test('a task that ends takes its calls, questions and half-said text with it', () => {
    let transcript = fold([...begin('t', 'Go'), ...askForNetwork('s', 't', 1, 'curl example.com')])
    transcript = grow(transcript, { task: 't', step: 2, part: 'reply', offset: 0, text: 'Half a' })!
    transcript = append(transcript, logged([{ type: 'taskCancelled', task: 't', by: 'Ada' }], 50))
    expect(shortly(transcript).slice(-4)).toEqual([
      'exec ask-1 cancelled',
      'approval withdrawn',
      'reply Half a',
      'cancelled t',
    ])
  })

  test('another mode is said where it begins', () => {
    const changed: SessionEvent = { type: 'modeChanged', mode: 'plan', by: 'Ada' }
    expect(shortly(fold([...begin('t', 'Go'), changed]))).toEqual(['prompt Go', 'mode plan by Ada'])
  })

  test('retries of a step are one entry, and drop what was said before them', () => {
    let transcript = fold([...begin('t', 'Go'), { type: 'stepStarted', task: 't', step: 1 }])
    transcript = grow(transcript, { task: 't', step: 1, part: 'reply', offset: 0, text: 'Cut' })!
    const retried = (attempt: number): SessionEvent => ({
      type: 'modelRetried',
      task: 't',
      step: 1,
      attempt,
      reason: { code: 'modelUnreachable', message: 'Gone.' },
      delayMs: 500,
    })
    expect(shortly(append(transcript, logged([retried(1), retried(2)], 50)))).toEqual(['prompt Go', 'retry 2'])
  })

  test('changes kept one after the other are one entry that stays small', () => {
    const kept = Array.from(
      { length: 5_000 },
      (_, index): SessionEvent => ({
        type: 'changeKept',
        path: `src/${index}.js`,
        by: 'Ada',
      }),
    )
    const transcript = fold([...kept, { type: 'changeDiscarded', path: 'b.js', by: 'Ada' }])
    expect(shortly(transcript)).toEqual(['kept 5000', 'discarded 1'])
    expect(transcript.items[0]).toMatchObject({ paths: { length: 8 } })
  })

  test('calls with the same id in one reply are told apart', () => {
    const twice = [run('same', 'one', '', ''), run('same', 'two', '', '')]
    const transcript = fold([...begin('t', 'Go'), ...step('t', 1, '', twice)])
    expect(shortly(transcript)).toEqual(['prompt Go', 'exec same ok', 'exec same ok'])
    expect(new Set(transcript.items.map(({ key }) => key)).size).toBe(3)
  })

  test('a command that asks about a host goes on running', () => {
    const asked = askForNetwork('s', 't', 1, 'npm test')
    const action = { type: 'connect', host: 'a.example', port: 443, command: 'npm test' } as const
    const runs = step('t', 1, '', [run('ask-1', 'npm test', '', '')]).slice(0, -1)
    const question = asked.flatMap((event) =>
      event.type === 'approvalAsked' ? [{ ...event, approval: { ...event.approval, action } }] : [],
    )
    const transcript = fold([...begin('t', 'Go'), ...runs, ...question])
    expect(shortly(transcript).slice(-2)).toEqual(['exec ask-1 running', 'approval pending'])
  })

  test('what a program reached is told once for each host, with how often', () => {
    const decision = {
      host: 'a.example',
      port: 443,
      how: 'connect',
      verdict: 'deny',
      rule: 'x',
      reason: 'No.',
    } as const
    const told = { type: 'connectionDecided', call: 'c1', command: 'npm test', decision } as const
    const transcript = fold([
      ...begin('t', 'Go'),
      told,
      { ...told, decision: { ...decision, port: 80 } },
      { ...told, times: 7 },
    ])
    expect(shortly(transcript)).toEqual(['prompt Go', 'host a.example deny 7', 'host a.example deny 1'])
  })

  test('a prompt and the changes of a step know what can be gone back to', () => {
    const changes: SessionEvent = {
      type: 'changesChanged',
      revision: 1,
      files: 1,
      additions: 1,
      deletions: 0,
      paths: ['a'],
    }
    const transcript = fold([
      ...begin('t', 'Go'),
      { type: 'checkpointMade', checkpoint: 'before', task: 't', step: 0 },
      { type: 'checkpointMade', checkpoint: 'after', task: 't', step: 1 },
      changes,
      { type: 'layerRewound', checkpoint: 'before', files: 1, by: 'w' },
    ])
    expect(transcript.items).toMatchObject([
      { type: 'prompt', checkpoint: 'before' },
      { checkpoint: 'after' },
      { files: 1 },
    ])
    expect(shortly(transcript).at(-1)).toBe('rewound 1')
  })

  test('events of a newer daemon are passed over', () => {
    const unknown = { type: 'somethingNew', task: 't' } as unknown as SessionEvent
    expect(shortly(fold([...begin('t', 'Go'), unknown]))).toEqual(['prompt Go'])
  })
})

describe('live text', () => {
  const started = () => fold([...begin('t', 'Go'), { type: 'stepStarted', task: 't', step: 1 }])
  const say = (transcript: Transcript, offset: number, text: string, part = 'reply') =>
    grow(transcript, { task: 't', step: 1, part, offset, text })

  test('grows, and is replaced by the reply without another entry', () => {
    const live = say(say(started(), 0, 'Hel')!, 3, 'lo')!
    expect(shortly(live).at(-1)).toBe('reply (live) Hello')
    const replied = append(live, logged([{ type: 'modelReplied', task: 't', step: 1, text: 'Hello.', calls: [] }], 50))
    expect(shortly(replied)).toEqual(['prompt Go', 'reply Hello.'])
    expect(replied.items.at(-1)?.key).toBe(live.items.at(-1)?.key)
  })

  test('what comes late, twice or again from the start does not double it', () => {
    const live = say(started(), 0, 'Hello')!
    expect(shortly(say(live, 2, 'llo wor')!).at(-1)).toBe('reply (live) Hello wor')
    expect(shortly(say(live, 0, 'Anew')!).at(-1)).toBe('reply (live) Anew')
    const replied = append(live, logged([{ type: 'modelReplied', task: 't', step: 1, text: 'Done', calls: [] }], 50))
    expect(shortly(say(replied, 5, ' more')!)).toEqual(shortly(replied))
  })

  test('a gap is told', () => {
    expect(say(say(started(), 0, 'Hel')!, 4, 'o')).toBeNull()
    expect(say(started(), 1, 'x')).toBeNull()
  })

  test('output of a running call keeps its last part only', () => {
    const [reply, start] = step('t', 1, '', [run('c', 'make', '', '')]).slice(1)
    let transcript = append(started(), logged([reply!, start!], 50))
    const line = `${'x'.repeat(999)}\n`
    for (let index = 0; index < 100; index++) transcript = say(transcript, index * 1_000, line, 'c')!
    expect((transcript.items.at(-1) as ToolItem).live).toEqual({ tail: line.repeat(20), total: 100_000 })
    expect(say(transcript, 100_001, 'gap', 'c')).toBeNull()
    const overlapping = say(transcript, 99_990, 'yyyyyyyyyyyy', 'c')!
    expect((overlapping.items.at(-1) as ToolItem).live?.tail.endsWith(`xxx${'y'.repeat(12)}`)).toBe(true)
  })

  test('a new subscription replaces all of it', () => {
    const live = say(say(started(), 0, 'Old')!, 0, 'Hm', 'reasoning')!
    const anew = setLive(live, [{ task: 't', step: 1, part: 'reply', text: 'New' }])
    expect(shortly(anew)).toEqual(['prompt Go', 'reply (live) New'])
  })
})

describe('pages of the log', () => {
  const events = logged([...fixTheTest('t'), { type: 'taskCompleted', task: 't' }])
  const whole = append(emptyTranscript, events)
  const begins = events.flatMap(({ event }, index) => (event.type === 'stepStarted' ? [index] : []))

  test.each(begins)('joined at %i they are what the whole log is', (cut) => {
    const later = append(emptyTranscript, events.slice(cut))
    const joined = prepend(later, events.slice(0, cut))
    expect(joined.items.map(({ key }) => key)).toEqual(whole.items.map(({ key }) => key))
    expect(joined.first).toBe(1)
    expect((joined.items.at(-1) as EndItem).facts).toEqual((whole.items.at(-1) as EndItem).facts)
  })

  test('what was trimmed can be read again', () => {
    const many = logged(
      [...begin('t', 'Go'), ...Array.from({ length: 300 }, (_, n) => step('t', n + 1, `Step ${n + 1}`)).flat()],
      1,
    )
    const all = append(emptyTranscript, many)
    const short = trim(all, 100)
    expect(short.items.length).toBeLessThanOrEqual(100)
    expect(short.items.at(-1)).toBe(all.items.at(-1))
    const again = prepend(short, many.slice(0, short.first - 1))
    expect(shortly(again)).toEqual(shortly(all))
  })

  test('entries that did not change stay the same objects', () => {
    const next = append(whole, logged(begin('t2', 'More'), events.length + 1))
    expect(next.items.slice(0, whole.items.length).every((item, index) => item === whole.items[index])).toBe(true)
  })
})
