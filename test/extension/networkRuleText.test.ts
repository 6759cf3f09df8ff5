import { expect, test } from 'vitest'
import { readHosts, ruleSentence } from '../../extension/networkRuleText.ts'

test.each([
  ['example.com', { host: 'example.com' }],
  [' Example.COM ', { host: 'example.com' }],
  ['*.example.com:8443', { host: '*.example.com', ports: [8443] }],
  ['example.com:80, 443,80', { host: 'example.com', ports: [80, 443] }],
  ['192.0.2.1:22', { host: '192.0.2.1', ports: [22] }],
  ['[2001:db8::1]:80', { host: '2001:db8::1', ports: [80] }],
  ['2001:db8::1', { host: '2001:db8::1' }],
  ['*', { host: '*' }],
  ['bücher.example', { host: 'bücher.example' }],
])('%s is a rule', (text, hosts) => {
  expect(readHosts(text)).toEqual(hosts)
})

test.each([
  '',
  'https://example.com',
  'example.com/path',
  'user@example.com',
  'exa mple.com',
  'example.com:0',
  'example.com:70000',
  'example.com:',
  '*.192.0.2.1',
  '**',
  'a.*.com',
  '[example.com]:80',
  'example.com\u202e',
  `example.com:${Array.from({ length: 21 }, (_, at) => at + 1).join()}`,
])('%j is none, and says what one looks like', (text) => {
  expect(readHosts(text)).toHaveProperty('fault')
})

test('a rule reads as a sentence', () => {
  expect(ruleSentence({ verdict: 'allow', host: '*.example.com' })).toBe(
    'Programs may reach every host below example.com on ports 80 and 443.',
  )
  expect(ruleSentence({ verdict: 'deny', host: 'a.example', ports: [22] })).toBe(
    'Programs never reach a.example on port 22.',
  )
})
