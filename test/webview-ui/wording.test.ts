import { expect, test } from 'vitest'
import type { ToolItem } from '../../webview-ui/transcriptItem.ts'
import { ago, duration, phraseOf, titleOf } from '../../webview-ui/wording.ts'

test.each([
  [0, '0.0 s'],
  [240, '0.2 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [185_000, '3 min 5 s'],
  [7_440_000, '2 h 4 min'],
])('%i ms are %s', (ms, words) => {
  expect(duration(ms)).toBe(words)
})

test.each([
  [30_000, 'now'],
  [5 * 60_000, '5 min ago'],
  [3 * 3_600_000, '3 h ago'],
  [26 * 3_600_000, '1 day ago'],
  [49 * 3_600_000, '2 days ago'],
])('%i ms before now is %s', (ms, words) => {
  expect(ago(1e12 - ms, 1e12)).toBe(words)
})

test('a title is the first line of the prompt, cut at a word', () => {
  expect(titleOf('  Fix it\nand more')).toBe('Fix it')
  expect(titleOf(`${'word '.repeat(30)}`)).toBe(`${'word '.repeat(11)}word…`)
  expect(titleOf('x'.repeat(100))).toBe(`${'x'.repeat(60)}…`)
})

const call = (tool: string, sent: string, more: Partial<ToolItem> = {}): ToolItem => ({
  type: 'tool',
  key: 'k',
  seq: 1,
  task: 't',
  step: 1,
  call: 'c',
  tool,
  arguments: sent,
  state: 'proposed',
  ...more,
})

test.each<[ToolItem, string]>([
  [call('exec', '{"command":"npm test"}'), 'Running npm test'],
  [call('exec', '{"command":"npm test"}', { state: 'denied' }), 'Run npm test'],
  [call('read_file', '{"path":"/w/src/a.js"}', { state: 'ok' }), 'Read src/a.js'],
  [
    call('edit_file', '{"path":"b.js"}', {
      state: 'ok',
      action: { type: 'write', path: '/w/a.js', size: 1, sha256: '' },
    }),
    'Edited a.js',
  ],
  [call('list_dir', '{}', { state: 'ok', action: { type: 'list', path: '/w' } }), 'Listed the workspace folder'],
  [call('search', '{"pattern":"x","path":"/w"}', { state: 'ok' }), 'Searched for x'],
  [call('constructor', 'not json'), 'Calling constructor'],
  [call('__proto__', '[1]'), 'Calling __proto__'],
  [call('exec', '{"command":7}'), 'Running exec'],
])('%# what a call does in words', (item, words) => {
  const { verb, object } = phraseOf(item, '/w')
  expect(`${verb} ${object}`).toBe(words)
})
