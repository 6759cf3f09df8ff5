import { expect, test } from 'vitest'
import { methods } from '#protocol/methods.ts'
import { parseFromPage } from '../../extension/relay.ts'

const request = (method: string) => ({ type: 'request', id: 1, method, params: { session: 's' } })
const command = (name: string, more: object = {}) => ({ type: 'command', command: { name, ...more } })

test('of all methods the page may ask these', () => {
  const allowed = Object.keys(methods).filter((method) => parseFromPage(request(method)))
  expect(allowed.sort()).toEqual([
    'approval/answer',
    'session/create',
    'session/delete',
    'session/history',
    'session/list',
    'session/rename',
    'session/subscribe',
    'session/unsubscribe',
    'task/cancel',
    'task/resume',
    'task/retry',
    'task/submit',
  ])
})

test.each([
  { type: 'ready' },
  request('session/list'),
  { type: 'shown', session: null },
  { type: 'shown', session: 's1' },
  command('reviewChanges', { session: 's1' }),
  command('openFile', { path: 'src/a.js', line: 3 }),
  command('openLink', { url: 'https://example.com/' }),
  command('setModel'),
  command('manageTrust'),
  { type: 'names', id: 3, text: 'Use /fo' },
])('%j is read as it is', (message) => expect(parseFromPage(message)).toEqual(message))

test.each([
  null,
  'ready',
  [],
  {},
  { type: 'constructor' },
  request('__proto__'),
  request('toString'),
  request('model/configure'),
  { type: 'request', id: '1', method: 'session/list' },
  { type: 'shown' },
  { type: 'names', id: 3 },
  { type: 'names', id: 3, text: 'x'.repeat(20_000) },
  command('toString'),
  command('openFile', { path: '/etc/passwd' }),
  command('openFile', { path: 'src/../../x' }),
  command('openFile', { path: '~/x' }),
  command('openFile', { path: 'C:\\x' }),
  command('openFile', { path: 'a\0b' }),
  command('openLink', { url: 'command:workbench.action.quit' }),
  command('openLink', { url: 'javascript:alert(1)' }),
  command('openLink', { url: 'file:///etc/passwd' }),
  command('keepAll', { session: 7 }),
])('%j is refused', (message) => expect(parseFromPage(message)).toBeNull())

test('what is not in the contract does not ride along', () => {
  expect(parseFromPage({ type: 'ready', extra: 1 })).toEqual({ type: 'ready' })
  expect(parseFromPage(command('setModel', { url: 'x' }))).toEqual(command('setModel'))
})

test('a session without a sandbox is not begun from the page, which asks nobody', () => {
  const request = { type: 'request', id: 1, method: 'session/create' }
  expect(parseFromPage({ ...request, params: { folder: '/w', sandbox: 'none' } })).toBeNull()
  expect(parseFromPage({ ...request, params: { folder: '/w' } })).not.toBeNull()
})
