import { expect, test } from 'vitest'
import { faultOfBaseUrl, isExposed, modelParams, parseStoredKey } from '../../extension/modelParams.ts'

const stored = { origin: 'https://api.example.com', key: 'secret' }

test('without a name it is the demo, whatever else is set', () => {
  expect(modelParams({ baseUrl: 'https://api.example.com/v1', name: ' ' }, stored)).toEqual({})
})

test('the key goes to the address it was entered for', () => {
  expect(modelParams({ baseUrl: 'https://api.example.com/v2 ', name: 'm' }, stored)).toEqual({
    model: 'm',
    baseUrl: 'https://api.example.com/v2',
    apiKey: 'secret',
  })
})

test.each(['https://evil.example/v1', 'http://api.example.com/v1', 'https://api.example.com:8443/v1', ''])(
  'the key does not go to %j',
  (baseUrl) => expect(modelParams({ baseUrl, name: 'm' }, stored)).not.toHaveProperty('apiKey'),
)

test.each(['', 'api.example.com', 'ftp://x/', 'https://key@host/v1'])('%j is no address of an endpoint', (text) =>
  expect(faultOfBaseUrl(text)).toMatch(/\.$/),
)

test.each(['https://api.example.com/v1', 'http://127.0.0.1:11434/v1'])('%j is one', (text) =>
  expect(faultOfBaseUrl(text)).toBeNull(),
)

test.each([
  ['http://10.0.0.5/v1', true],
  ['http://localhost.evil.example/v1', true],
  ['https://10.0.0.5/v1', false],
  ['http://localhost:1/v1', false],
  ['http://127.0.0.1/v1', false],
  ['http://[::1]:8/v1', false],
])('a key to %s could be read on the way: %s', (url, exposed) => expect(isExposed(url)).toBe(exposed))

test('a damaged stored key is none', () => {
  for (const text of [undefined, '', '{', '{"key":1}', '"x"']) expect(parseStoredKey(text)).toBeNull()
  expect(parseStoredKey(JSON.stringify(stored))).toEqual(stored)
})
