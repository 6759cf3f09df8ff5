import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FrameFault, FrameReader } from '#protocol/frameReader.ts'

function frame(body: string): Buffer {
  return Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

function read(chunks: readonly Uint8Array[], maxBytes = 1000) {
  const source = new EventEmitter()
  const reader = new FrameReader(source, maxBytes)
  const messages: unknown[] = []
  const faults: string[] = []
  reader.onError((error) => faults.push((error as FrameFault).fault ?? error.message))
  reader.listen((message) => messages.push(message))
  for (const chunk of chunks) source.emit('data', chunk)
  return { messages, faults, source, reader }
}

describe('frames', () => {
  test('any way of cutting the stream gives the same messages', () => {
    const bodies = ['{"a":1}', '{"text":"grüße ✓"}', '{}', '{"b":[1,2,3]}']
    const stream = Buffer.concat(bodies.map(frame))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...[...new Set(cuts)].sort((a, b) => a - b), stream.length]
        const chunks = at.slice(1).map((end, i) => stream.subarray(at[i], end))
        const { messages, faults } = read(chunks)
        expect(faults).toEqual([])
        expect(messages).toEqual(bodies.map((body) => JSON.parse(body)))
      }),
    )
  })

  test.each([
    ['a length over the limit, before its body comes', 'Content-Length: 1001\r\n\r\n', 'frameTooLarge'],
    ['a length that no number holds', `Content-Length: ${'9'.repeat(40)}\r\n\r\n`, 'badHeader'],
    ['no length', 'Content-Type: x\r\n\r\n{}', 'badHeader'],
    ['a negative length', 'Content-Length: -5\r\n\r\n{}', 'badHeader'],
    ['a header without end', 'X: '.padEnd(9000, 'y'), 'headerTooLarge'],
    ['a body that is not JSON', 'Content-Length: 3\r\n\r\n{a}', 'badJson'],
    ['a body that is no message', 'Content-Length: 2\r\n\r\n[]', 'badJson'],
  ])('%s is one fault, and nothing after it is read', (_, text, fault) => {
    const { messages, faults, source } = read([Buffer.from(text)])
    source.emit('data', frame('{"late":true}'))
    expect(faults).toEqual([fault])
    expect(messages).toEqual([])
  })

  test('the rest of the stream can be handed to another listener', () => {
    const source = new EventEmitter()
    const reader = new FrameReader(source)
    const seen: string[] = []
    const first = reader.listen(() => {
      seen.push('first')
      first.dispose()
      reader.listen((message) => seen.push(`second ${JSON.stringify(message)}`))
    })
    source.emit('data', Buffer.concat([frame('{"a":1}'), frame('{"b":2}')]))
    expect(seen).toEqual(['first', 'second {"b":2}'])
  })
})
