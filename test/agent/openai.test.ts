import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { ModelReply, ModelRequest } from '../../daemon/agent/model.ts'
import { openaiModel } from '../../daemon/agent/models/openai.ts'
import {
  type ScriptedProvider,
  type ScriptedReply,
  type ScriptedRequest,
  startScriptedProvider,
} from '../../daemon/agent/models/scripted.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const request: ModelRequest = {
  system: 'Be good.',
  messages: [{ role: 'user', text: 'Do it.' }],
  tools: [{ name: 'exec', description: 'Runs.', parameters: { type: 'object' } }],
}

interface Asked {
  readonly reply: ModelReply
  readonly said: string
  readonly requests: ScriptedRequest[]
  readonly provider: ScriptedProvider
}

async function ask(
  answer: ScriptedReply,
  options: { key?: string; idleMs?: number; ask?: ModelRequest } = {},
): Promise<Asked> {
  const requests: ScriptedRequest[] = []
  const provider = await startScriptedProvider((seen) => {
    requests.push(seen)
    return answer
  }, 'm1')
  closers.push(() => provider.close())
  const { key = provider.apiKey, idleMs = 5000 } = options
  const model = openaiModel({ ...provider, apiKey: key, idleMs })
  let said = ''
  const onText = (part: string, text: string) => {
    said += part === 'reply' ? text : `<${text}>`
  }
  const reply = await model.reply(options.ask ?? request, { signal: new AbortController().signal, onText })
  return { reply, said, requests, provider }
}

const delta = (fields: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: fields, finish_reason }],
})
const callDelta = (...calls: object[]) => delta({ tool_calls: calls })
const stop = (reason = 'stop') => delta({}, reason)
const raw = (events: unknown[], end: 'done' | 'cut' | 'hang' = 'done'): ScriptedReply => ({ type: 'raw', events, end })
const failureOf = ({ reply }: Asked) => (reply.type === 'failure' ? reply : undefined)
const replyOf = ({ reply }: Asked) => (reply.type === 'reply' ? reply : undefined)

/** Any HTTP server at all in the provider's place. */
async function askServer(listener: RequestListener, apiKey = 'sk-secret-key'): Promise<ModelReply> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const model = openaiModel({ baseUrl, model: 'm1', apiKey, idleMs: 5000 })
  return model.reply(request, { signal: new AbortController().signal, onText: () => {} })
}

describe('a reply', () => {
  test('streams, with reasoning, calls and usage', async () => {
    const asked = await ask({
      type: 'reply',
      text: 'I look at it — “ü 漢字 🐎”.\n\n  Then I run.',
      reasoning: 'Hm, yes.',
      calls: [
        { tool: 'exec', arguments: { command: 'echo "é"' }, id: 'c1' },
        { tool: 'list_dir', arguments: {} },
      ],
    })
    expect(asked.reply).toMatchObject({
      type: 'reply',
      text: 'I look at it — “ü 漢字 🐎”.\n\n  Then I run.',
      reasoning: 'Hm, yes.',
      finish: 'calls',
      calls: [
        { id: 'c1', tool: 'exec', arguments: '{"command":"echo \\"é\\""}' },
        { tool: 'list_dir', arguments: '{}' },
      ],
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
    })
    expect(asked.said).toBe(`<Hm,>< yes.>${replyOf(asked)?.text}`)
  })

  test('is asked for with the whole conversation', async () => {
    const malformed = { id: 'c2', tool: 'no such', arguments: '{"a":' }
    const { requests } = await ask(
      { type: 'reply', text: 'ok' },
      {
        ask: {
          ...request,
          messages: [
            { role: 'user', text: 'Do it.' },
            { role: 'assistant', text: '', calls: [{ id: 'c1', tool: 'exec', arguments: '{}' }, malformed] },
            { role: 'tool', call: 'c1', output: 'out' },
            { role: 'tool', call: 'c2', output: 'malformed' },
            { role: 'assistant', text: 'Well.', calls: [] },
          ],
        },
      },
    )
    expect(requests[0]).toMatchObject({ model: 'm1', number: 1 })
    expect(requests[0]?.messages).toEqual([
      { role: 'system', content: 'Be good.' },
      { role: 'user', content: 'Do it.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'exec', arguments: '{}' } },
          { id: 'c2', type: 'function', function: { name: 'unknown', arguments: '{"malformed":"{\\"a\\":"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'out' },
      { role: 'tool', tool_call_id: 'c2', content: 'malformed' },
      { role: 'assistant', content: 'Well.' },
    ])
  })

  test('gives the model its own ids back, and tells those that it repeats apart', async () => {
    const step = (...ids: string[]): ModelRequest['messages'] => [
      { role: 'assistant', text: '', calls: ids.map((id) => ({ id, tool: 'exec', arguments: '{}' })) },
      ...ids.map((id) => ({ role: 'tool' as const, call: id, output: id })),
    ]
    const messages = [...step('1_0_x', '1_1_y'), ...step('2_0_x'), ...step('1_0_x'), ...step('1_0_x', '1_1_1_0_x')]
    const { requests } = await ask({ type: 'reply', text: 'ok' }, { ask: { ...request, messages } })
    const sent = requests[0]?.messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id))
    expect(sent).toEqual(['x', 'y', '2_0_x', '1_0_x', '1_0_x_2', '1_1_1_0_x'])
    const answered = requests[0]?.messages.flatMap(({ tool_call_id: id }) => id ?? [])
    expect(answered).toEqual(sent)
  })

  test('of 20,000 pieces takes no long time and piles up no listeners', async () => {
    const warnings: string[] = []
    const warned = ({ name }: Error) => warnings.push(name)
    process.on('warning', warned)
    const before = process.cpuUsage()
    const asked = await ask({ type: 'reply', text: 'word '.repeat(20_000) })
    process.off('warning', warned)
    expect(warnings).not.toContain('MaxListenersExceededWarning')
    expect(replyOf(asked)?.text).toHaveLength(100_000)
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000)
  })

  test('after reply goes over a connection that is there', async () => {
    const ports = new Set<number | undefined>()
    const server = createServer((incoming, response) => {
      ports.add(incoming.socket.remotePort)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`data: ${JSON.stringify(delta({ content: 'hi' }, 'stop'))}\n\ndata: [DONE]\n\n`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    )
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    const model = openaiModel({ baseUrl, model: 'm1', apiKey: 'k' })
    const options = { signal: new AbortController().signal, onText: () => {} }
    for (let turn = 0; turn < 6; turn++) expect(await model.reply(request, options)).toMatchObject({ text: 'hi' })
    // The next request may come before the last connection is free again, but not every time.
    expect(ports.size).toBeLessThanOrEqual(2)
  })
})

describe('what providers do differently', () => {
  const bash = { name: 'exec', arguments: '' }
  test.each<[string, unknown[], object]>([
    ['usage is missing', [delta({ content: 'a' }), stop()], { text: 'a', finish: 'stop' }],
    [
      'usage is cumulative in every chunk',
      [
        { ...delta({ content: 'a' }), usage: { prompt_tokens: 5, completion_tokens: 1 } },
        { ...stop(), usage: { prompt_tokens: 5, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 4 } } },
      ],
      { usage: { inputTokens: 5, outputTokens: 9, cachedTokens: 4 } },
    ],
    [
      'usage is null or nonsense',
      [
        { ...delta({ content: 'a' }), usage: null },
        { ...stop(), usage: { prompt_tokens: 'x' } },
      ],
      { text: 'a' },
    ],
    [
      'chunks without choices',
      [{}, { choices: [] }, { choices: null }, delta({ content: 'a' }), stop()],
      { text: 'a' },
    ],
    [
      'nulls everywhere',
      [delta({ content: null, tool_calls: null, reasoning: null }), delta({ content: 'a' }), stop()],
      { text: 'a' },
    ],
    [
      'reasoning by its other name',
      [delta({ reasoning: 'r' }), delta({ content: 'a' }), stop()],
      { reasoning: 'r', text: 'a' },
    ],
    [
      'stop where calls were asked for',
      [callDelta({ index: 0, id: 'x', function: { name: 'exec', arguments: '{}' } }), stop()],
      { finish: 'calls' },
    ],
    ['length', [delta({ content: 'a' }), stop('length')], { finish: 'length' }],
    ['an unheard-of reason', [delta({ content: 'a' }), stop('eos')], { finish: 'stop' }],
    [
      'parallel calls, interleaved and late',
      [
        callDelta({ index: 1, id: 'b', function: bash }, { index: 0, id: 'a', function: bash }),
        callDelta({ index: 0, function: { arguments: '{"x"' } }, { index: 1, function: { arguments: '{"y"' } }),
        callDelta({ index: 1, function: { arguments: ':1}' } }),
        callDelta({ index: 0, function: { arguments: ':2}' } }),
        stop('tool_calls'),
      ],
      {
        calls: [
          { id: 'a', tool: 'exec', arguments: '{"x":2}' },
          { id: 'b', tool: 'exec', arguments: '{"y":1}' },
        ],
      },
    ],
    [
      'an id and a name in every piece',
      [
        callDelta({ index: 0, id: 'a', function: { name: 'exec', arguments: '{"x"' } }),
        callDelta({ index: 0, id: 'a', function: { name: 'exec', arguments: ':1}' } }),
        stop(),
      ],
      { calls: [{ id: 'a', tool: 'exec', arguments: '{"x":1}' }] },
    ],
    [
      'another id in every piece, without a name',
      [
        callDelta({ index: 0, id: 'a', function: { name: 'exec', arguments: '{"x"' } }),
        callDelta({ index: 0, id: 'b', function: { arguments: ':1}' } }),
        stop(),
      ],
      { calls: [{ id: 'a', tool: 'exec', arguments: '{"x":1}' }] },
    ],
    [
      'every call is number 0',
      [
        callDelta({ index: 0, id: 'a', function: { name: 'exec', arguments: '{"x":1}' } }),
        callDelta({ index: 0, id: 'b', function: { name: 'exec', arguments: '{"x":2}' } }),
        stop(),
      ],
      {
        calls: [
          { id: 'a', arguments: '{"x":1}' },
          { id: 'b', arguments: '{"x":2}' },
        ],
      },
    ],
    [
      'no index at all',
      [
        callDelta({ id: 'a', function: { name: 'exec', arguments: '{"x"' } }),
        callDelta({ function: { arguments: ':1}' } }),
        callDelta({ id: 'b', function: { name: 'exec', arguments: '{}' } }),
        stop(),
      ],
      {
        calls: [
          { id: 'a', arguments: '{"x":1}' },
          { id: 'b', arguments: '{}' },
        ],
      },
    ],
    [
      'numbers for ids',
      [callDelta({ index: 0, id: 7, function: { name: 'exec', arguments: '{}' } }), stop()],
      { calls: [{ id: '7' }] },
    ],
    [
      'arguments as an object',
      [callDelta({ index: 0, id: 'a', function: { name: 'exec', arguments: { x: 1 } } }), stop()],
      { calls: [{ arguments: '{"x":1}' }] },
    ],
    [
      'malformed arguments are passed on, not mended',
      [callDelta({ index: 0, id: 'a', function: { name: 'exec', arguments: '{"x":' } }), stop()],
      { calls: [{ arguments: '{"x":' }] },
    ],
    [
      'a call as text stays text',
      [delta({ content: '<tool_call>{"name":"exec"}</tool_call>' }), stop()],
      { calls: [], finish: 'stop' },
    ],
    ['an empty reply', [delta({}), stop()], { text: '', calls: [] }],
  ])('%s', async (_name, events, expected) => {
    expect((await ask(raw(events))).reply).toMatchObject({ type: 'reply', ...expected })
  })

  test('characters split between packets', async () => {
    const bytes = Buffer.from(`data: ${JSON.stringify(delta({ content: '漢🐎' }, 'stop'))}\n\ndata: [DONE]\n\n`)
    const reply = await askServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let at = 0
      const next = () => {
        if (at === bytes.length) response.end()
        else response.write(bytes.subarray(at, ++at), () => setImmediate(next))
      }
      next()
    })
    expect(reply).toMatchObject({ type: 'reply', text: '漢🐎' })
  })
})

describe('trouble', () => {
  const call = callDelta({ index: 0, id: 'a', function: { name: 'exec', arguments: '{"x"' } })
  test.each<[string, ScriptedReply, string, boolean, RegExp]>([
    ['a stream cut in the text', raw([delta({ content: 'a' })], 'cut'), 'modelUnreachable', true, /./],
    ['a stream that ends in a call', raw([call], 'done'), 'modelUnreachable', true, /ended its reply in the middle/],
    ['a stream cut in a call', raw([call], 'cut'), 'modelUnreachable', true, /./],
    ['nothing but the end', raw([], 'done'), 'modelUnreachable', true, /in the middle/],
    ['garbage', raw(['{"choices": [', 'x'], 'done'), 'modelReplyInvalid', true, /no event of a reply/],
    [
      'an error within the stream',
      raw([delta({ content: 'a' }), { error: { message: 'overloaded', code: 503 } }]),
      'modelError',
      true,
      /overloaded/,
    ],
    [
      'a refusal within the stream',
      raw([{ error: { message: 'bad tools', code: 400 } }]),
      'modelError',
      false,
      /bad tools/,
    ],
    ['a content filter', raw([delta({ content: 'a' }), stop('content_filter')]), 'modelError', false, /content filter/],
    [
      '400',
      { type: 'status', status: 400, body: '{"error":{"message":"context too long"}}' },
      'modelError',
      false,
      /refused the request \(400\): context too long/,
    ],
    ['403', { type: 'status', status: 403 }, 'modelRefusedKey', false, /refused the key \(403\)/],
    [
      '404',
      { type: 'status', status: 404, body: '{"error":{"message":"no model m1"}}' },
      'modelError',
      false,
      /no model m1/,
    ],
    ['408', { type: 'status', status: 408 }, 'modelUnreachable', true, /timed out/],
    ['429', { type: 'status', status: 429 }, 'modelRateLimited', true, /limits the rate/],
    [
      '429 for good',
      { type: 'status', status: 429, body: '{"error":{"message":"no money","code":"insufficient_quota"}}' },
      'modelRateLimited',
      false,
      /no money/,
    ],
    ['500', { type: 'status', status: 500, body: 'oops' }, 'modelUnreachable', true, /has trouble \(500\)/],
    [
      '503 with a page',
      { type: 'status', status: 503, body: '<html>'.repeat(100_000), headers: { 'content-type': 'text/html' } },
      'modelUnreachable',
      true,
      /503/,
    ],
    [
      'a redirect',
      { type: 'status', status: 307, headers: { location: 'http://127.0.0.1:9/' } },
      'modelError',
      false,
      /redirects elsewhere/,
    ],
    [
      'a page',
      { type: 'status', status: 200, body: '<h1>Sign in</h1>', headers: { 'content-type': 'text/html' } },
      'modelError',
      false,
      /answered with text\/html .*Sign in/,
    ],
    [
      'too much text',
      raw(Array.from({ length: 30 }, () => delta({ content: 'x'.repeat(100_000) }))),
      'modelReplyInvalid',
      false,
      /longer than 2 MB/,
    ],
    [
      'too long arguments',
      raw(
        Array.from({ length: 12 }, () =>
          callDelta({ index: 0, id: 'a', function: { name: 'exec', arguments: 'x'.repeat(100_000) } }),
        ),
      ),
      'modelReplyInvalid',
      false,
      /longer than 1 MB/,
    ],
    [
      'too many calls',
      raw([
        callDelta(
          ...Array.from({ length: 200 }, (_, index) => ({ index, id: `c${index}`, function: { name: 'exec' } })),
        ),
      ]),
      'modelReplyInvalid',
      false,
      /more than 128/,
    ],
  ])('%s', async (_name, answer, code, retry, message) => {
    const failed = failureOf(await ask(answer))
    expect(failed).toMatchObject({ type: 'failure', retry, failure: { code, message: expect.stringMatching(message) } })
    expect(failed?.failure.message).toMatch(/^(The content filter of )?m1 at 127\.0\.0\.1:\d+ /)
    expect(failed?.failure.message.length).toBeLessThan(700)
    expect(failed?.failure.fix).toBeTruthy()
  })

  test('a wrong key', async () => {
    expect(failureOf(await ask({ type: 'reply' }, { key: 'wrong' }))).toMatchObject({
      retry: false,
      failure: { code: 'modelRefusedKey' },
    })
  })

  test('a reply that has ended is a reply, whatever its connection does then', async () => {
    expect(await ask(raw([delta({ content: 'a' }), stop()], 'cut'))).toMatchObject({
      reply: { type: 'reply', text: 'a' },
    })
  })

  test.each<[string, Record<string, string>, number]>([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['milliseconds', { 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    ['a date gone by', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
  ])('says when to come back, in %s', async (_name, headers, ms) => {
    expect(failureOf(await ask({ type: 'status', status: 429, headers }))?.retryAfterMs).toBe(ms)
  })

  test.each<[string, ScriptedReply]>([
    ['before the reply', { type: 'hang' }],
    ['within the reply', raw([delta({ content: 'a' })], 'hang')],
  ])('silence %s', async (_name, answer) => {
    const asked = await ask(answer, { idleMs: 100 })
    expect(failureOf(asked)).toMatchObject({
      retry: true,
      failure: { code: 'modelUnreachable', message: expect.stringContaining('sent nothing for') },
    })
  })

  test('nobody there', async () => {
    const { provider } = await ask({ type: 'reply', text: 'x' })
    await provider.close()
    const model = openaiModel(provider)
    const reply = await model.reply(request, { signal: new AbortController().signal, onText: () => {} })
    expect(reply).toMatchObject({
      retry: true,
      failure: { code: 'modelUnreachable', message: expect.stringContaining('ECONNREFUSED') },
    })
  })

  test('a line that never ends', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x')
    const reply = await askServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const more = () => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    expect(reply).toMatchObject({
      retry: false,
      failure: { code: 'modelReplyInvalid', message: expect.stringContaining('never ends') },
    })
  })

  test('the key is in no word of it', async () => {
    const reply = await askServer((incoming, response) => {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message: `You sent ${incoming.headers.authorization}` } }))
    })
    expect(reply).toMatchObject({ failure: { message: expect.stringContaining('Bearer [key]') } })
    expect(JSON.stringify(reply)).not.toContain('sk-secret-key')
  })
})

test('says nothing of this machine', async () => {
  let seen: object = {}
  process.env['OPENAI_CUSTOM_HEADERS'] = 'X-Mine: 1'
  await askServer((incoming, response) => {
    seen = incoming.headers
    response.writeHead(500).end()
  })
  process.env['OPENAI_CUSTOM_HEADERS'] = undefined
  expect(Object.keys(seen).toSorted()).toEqual([
    'accept',
    'accept-encoding',
    'accept-language',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'sec-fetch-mode',
    'user-agent',
  ])
  await askServer((incoming, response) => {
    seen = incoming.headers
    response.writeHead(500).end()
  }, '')
  expect(Object.keys(seen)).not.toContain('authorization')
})

test('cancelling rejects with the reason, and the provider sees it', async () => {
  const { promise: gone, resolve } = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${JSON.stringify(delta({ content: 'a' }))}\n\n`)
    response.once('close', resolve)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  closers.push(() => new Promise((closed) => server.close(() => closed())))
  const controller = new AbortController()
  const reason = new Error('enough')
  const model = openaiModel({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, model: 'm' })
  const reply = model.reply(request, { signal: controller.signal, onText: () => controller.abort(reason) })
  await expect(reply).rejects.toBe(reason)
  await gone
})
