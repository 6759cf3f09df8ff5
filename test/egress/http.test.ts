import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import type { ConnectQuestion } from '../../daemon/egress/questions.ts'
import { eventually } from '../support/eventually.ts'
import { allow, echo, inside, listening, portOf, restOf, until } from './inside.ts'

interface Web extends AsyncDisposable {
  readonly port: number
  readonly requests: { method: string; url: string; headers: string[]; body: string }[]
}

async function web(answer?: (request: IncomingMessage, response: ServerResponse) => void): Promise<Web> {
  const requests: Web['requests'] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    requests.push({ method: request.method!, url: request.url!, headers: request.rawHeaders, body })
    if (answer) answer(request, response)
    else response.end(`you sent ${body || 'nothing'}`)
  })
  const { port } = await listening(server).then((bound) => ({ port: portOf(bound) }))
  return {
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function get(host: string, port: number, path = '/', extra = ''): string {
  return `GET http://${host}:${port}${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${extra}\r\n`
}

async function boxFor(...ports: number[]) {
  return inside({ rules: [allow('api.test', ...ports), allow('127.0.0.1', ...ports)], kindOf: () => 'http' })
}

async function answerTo(socket: Socket, request: string): Promise<string> {
  socket.write(request)
  const head = await until(socket, '\r\n\r\n')
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
  return head + (length > 0 ? await take(socket, length) : '')
}

function take(socket: Socket, length: number): Promise<string> {
  return new Promise((resolve) => {
    const more = () => {
      const bytes = socket.read(length) as Buffer | null
      if (!bytes) return
      socket.off('readable', more)
      resolve(bytes.toString())
    }
    socket.on('readable', more)
    more()
  })
}

test('requests to a proxy are passed on one after the other, without what is said to the proxy', async () => {
  await using server = await web()
  await using box = await boxFor(server.port)
  const socket = await box.connect()
  const extra = `Proxy-Authorization: Basic ${Buffer.from('tag-1:').toString('base64')}\r\nProxy-Connection: keep-alive\r\nX-Kept: 1\r\nConnection: X-Hop\r\nX-Hop: 1\r\n`
  expect(await answerTo(socket, get('api.test', server.port, '/a?b=http://evil.test/', extra))).toMatch(
    /^HTTP\/1.1 200 .*you sent nothing$/s,
  )
  const post = `POST http://api.test:${server.port}/p HTTP/1.1\r\nHost: api.test:${server.port}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`
  expect(await answerTo(socket, post)).toMatch(/you sent abcde$/)
  socket.destroy()
  expect(server.requests[0]).toMatchObject({ method: 'GET', url: '/a?b=http://evil.test/' })
  const names = server.requests[0]!.headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
  expect(names).toEqual(['host', 'x-kept', 'connection'])
  expect(box.told).toMatchObject([{ how: 'http', host: 'api.test', verdict: 'allow', tag: 'tag-1' }])
})

test('a program that does not say whom it belongs to, or says it wrongly, is taken for whom it probably is', async () => {
  const sourceOf = (tag: string | undefined) => (tag === 'known' ? { anyPublicHost: false } : undefined)
  await using box = await inside({ sourceOf })
  for (const [user, guess] of [
    ['known', 'guess'],
    ['curl', 'guess'],
    ['', 'guess'],
    ['curl', undefined],
  ]) {
    const socket = await box.connect({ type: 'proxy', tag: guess })
    const credentials = user ? `Proxy-Authorization: Basic ${Buffer.from(`${user}:`).toString('base64')}\r\n` : ''
    socket.write(get('api.test', 80, '/', credentials))
    await restOf(socket)
  }
  expect(box.told.map(({ tag }) => tag)).toEqual(['known', 'guess', 'guess', 'curl'])
})

test('each request of a connection is decided on its own, and a redirect is the program’s own next request', async () => {
  await using server = await web((_, response) =>
    response.writeHead(302, { location: 'http://evil.test/', 'content-length': 0 }).end(),
  )
  await using box = await boxFor(server.port)
  const socket = await box.connect()
  expect(await answerTo(socket, get('api.test', server.port))).toContain('302')
  expect(await answerTo(socket, get('evil.test', server.port))).toMatch(/^HTTP\/1\.1 403 Refused by Paddock/)
  expect(box.told.map(({ host, verdict }) => [host, verdict])).toEqual([
    ['api.test', 'allow'],
    ['evil.test', 'deny'],
  ])
})

test('a captured request must name the host that the connection leads to', async () => {
  await using server = await web()
  await using box = await boxFor(server.port)
  const outgoing = { type: 'captured', host: 'api.test', port: server.port, tag: 't' } as const
  const good = await box.connect(outgoing)
  expect(await answerTo(good, `GET /x HTTP/1.1\r\nHost: api.test:${server.port}\r\n\r\n`)).toContain('200')
  good.destroy()
  for (const host of [`evil.test:${server.port}`, 'api.test:1', `api.test.:${server.port}`, 'api.test@evil.test']) {
    const bad = await box.connect(outgoing)
    bad.write(`GET /x HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    expect(await restOf(bad)).toMatch(/^HTTP\/1\.1 400 .*Host header/s)
  }
  const absolute = await box.connect(outgoing)
  absolute.write(`GET http://evil.test/ HTTP/1.1\r\nHost: api.test:${server.port}\r\n\r\n`)
  expect(await restOf(absolute)).toMatch(/^HTTP\/1\.1 400 /)
  expect(server.requests).toHaveLength(1)
})

test('one request with a fragment behind a long name holds the daemon up for many seconds', async () => {
  await using box = await inside()
  const socket = await box.connect()
  const before = process.cpuUsage().user
  socket.write(`GET http://${'h'.repeat(60_000)}/# HTTP/1.1\r\nHost: h\r\n\r\n`)
  expect(await restOf(socket)).toMatch(/^HTTP\/1\.1 400 .*needs the whole address/s)
  expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(500)
  expect(box.told).toEqual([])
})

const port = 'PORT'
test.each([
  ['two Host headers', `GET http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\nHost: evil.test\r\n\r\n`],
  ['another Host', `GET http://api.test:${port}/ HTTP/1.1\r\nHost: evil.test\r\n\r\n`],
  ['no Host', `GET http://api.test:${port}/ HTTP/1.1\r\n\r\n`],
  [
    'a length beside chunks',
    `POST http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'two lengths',
    `POST http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
  ],
  [
    'a signed length',
    `POST http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\nContent-Length: +3\r\n\r\nabc`,
  ],
  [
    'an odd coding',
    `POST http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\nTransfer-Encoding: xchunked\r\n\r\n`,
  ],
  [
    'two codings',
    `POST http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['a folded line', `GET http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\nX: 1\r\n folded\r\n\r\n`],
  ['bare line feeds', `GET http://api.test:${port}/ HTTP/1.1\nHost: api.test:${port}\n\n`],
  ['one bare line feed', `GET http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\nX: 1\r\n\r\n`],
  ['a bare carriage return', `GET http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\rX: 1\r\n\r\n`],
  ['space before a colon', `GET http://api.test:${port}/ HTTP/1.1\r\nHost : api.test:${port}\r\n\r\n`],
  ['a NUL', `GET http://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\nX: a\0b\r\n\r\n`],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/0.9', `GET http://api.test:${port}/ HTTP/0.9\r\nHost: api.test:${port}\r\n\r\n`],
  ['a user in the address', `GET http://u@api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\n\r\n`],
  ['a percent sign', `GET http://api%2etest:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\n\r\n`],
  ['a backslash', `GET http://evil.test\\@api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\n\r\n`],
  ['another scheme', `GET ftp://api.test:${port}/ HTTP/1.1\r\nHost: api.test:${port}\r\n\r\n`],
  ['no address', `GET / HTTP/1.1\r\nHost: api.test:${port}\r\n\r\n`],
  ['a head without end', `GET http://api.test:${port}/ HTTP/1.1\r\nX: ${'a'.repeat(70_000)}`],
  ['CONNECT without a port', 'CONNECT api.test HTTP/1.1\r\nHost: api.test\r\n\r\n'],
  ['CONNECT with another Host', `CONNECT api.test:${port} HTTP/1.1\r\nHost: evil.test:${port}\r\n\r\n`],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 binary'],
])('%s: refused, and nothing of it gets out', async (_, request) => {
  await using server = await web()
  await using box = await boxFor(server.port)
  const socket = await box.connect()
  socket.write(Buffer.from(request.replaceAll(port, String(server.port)), 'latin1'))
  expect(await restOf(socket)).toMatch(/^HTTP\/1\.1 400 /)
  expect(server.requests).toEqual([])
})

test('what one request hides in its body is no second request', async () => {
  await using server = await web()
  await using box = await boxFor(server.port)
  const socket = await box.connect()
  const hidden = get('evil.test', server.port, '/hidden')
  const whole = `POST http://api.test:${server.port}/ HTTP/1.1\r\nHost: api.test:${server.port}\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`
  await answerTo(socket, whole)
  socket.destroy()
  expect(server.requests.map(({ url, body }) => [url, body])).toEqual([['/', hidden]])
})

test('a large answer to a slow reader is passed on as it is read', async () => {
  const size = 64 << 20
  let sent = 0
  await using server = await web(async (_, response) => {
    const piece = Buffer.alloc(1 << 20, 'x')
    for (; sent < size; sent += piece.length) if (!response.write(piece)) await once(response, 'drain')
    response.end()
  })
  await using box = await boxFor(server.port)
  const socket = await box.connect()
  socket.write(`${get('api.test', server.port, '/', 'Connection: close\r\n')}`)
  await until(socket, '\r\n\r\n')
  expect(sent).toBeLessThan(size)
  let got = 0
  socket.on('data', (chunk) => {
    got += chunk.length
  })
  socket.resume()
  await once(socket, 'end')
  expect(got).toBeGreaterThan(size)
})

test('an answer that breaks off does not look whole', async () => {
  await using server = await web((_, response) => {
    response.write('half')
    setImmediate(() => response.destroy())
  })
  await using box = await boxFor(server.port)
  const socket = await box.connect()
  socket.write(get('api.test', server.port))
  expect(await restOf(socket)).not.toMatch(/0\r\n\r\n$/)
})

test.each([
  'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 O\xe9K\x7f\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nA(b: c\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nA: \x01\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nmore',
  'HTTP/1.1 200 OK\r\nSet-Cookie: a\nX: b\r\n\r\n',
  `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`,
  'SSH-2.0-not-http\r\n',
  '',
])('an answer that is none ends with 502 and harms nobody: %j', async (answer) => {
  const server = await listening(
    createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')))
    }),
  )
  await using box = await boxFor(portOf(server))
  for (const extra of ['', 'Connection: Upgrade\r\nUpgrade: websocket\r\n']) {
    if (extra && answer.includes(' 101 ')) continue
    const socket = await box.connect()
    socket.write(get('api.test', portOf(server), '/', extra))
    expect(await restOf(socket)).toMatch(/^HTTP\/1\.1 502 /)
  }
  server.close()
})

test('a client that dribbles is let go, and one that sends ahead without end as well', async () => {
  await using server = await web()
  await using box = await inside({ rules: [allow('127.0.0.1', server.port)], kindOf: () => 'tls' })
  const [ours, theirs] = duplexPair()
  box.egress.connection({ type: 'captured', host: '127.0.0.1', port: server.port, tag: undefined }, theirs)
  ours.on('error', () => {})
  ours.resume()
  ours.write(Buffer.of(22, 3, 1, 64, 0, 1, 0, 255, 0))
  for (let n = 0; n < 1_500 && !theirs.destroyed; n += 1) {
    ours.write(Buffer.of(0))
    await new Promise(setImmediate)
  }
  expect(theirs.destroyed).toBe(true)
  await using proxy = await boxFor(server.port)
  const socket = await proxy.connect()
  socket.write(get('api.test', server.port).repeat(500))
  expect(await restOf(socket)).toContain('too many requests wait on one connection')
})

test('where nobody listens the program is told so', async () => {
  await using box = await boxFor(1)
  const socket = await box.connect()
  socket.write(get('api.test', 1))
  expect(await restOf(socket)).toMatch(/^HTTP\/1\.1 502 .*nothing listens there/s)
})

test('a WebSocket passes both ways', async () => {
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\nX-Key: ${request.headers['sec-websocket-key']}\r\n\r\n`,
    )
    socket.pipe(socket)
  })
  await listening(server)
  await using box = await boxFor(portOf(server))
  const socket = await box.connect()
  socket.write(
    get('api.test', portOf(server), '/ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n'),
  )
  expect(await until(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 .*upgrade: websocket.*x-key: k/is)
  socket.end('frame')
  expect(await restOf(socket)).toBe('frame')
  const plain = await box.connect()
  plain.write(get('evil.test', portOf(server), '/ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'))
  expect(await restOf(plain)).toMatch(/^HTTP\/1\.1 403 /)
  server.close()
})

test.each([
  ['h2c', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'],
  ['a WebSocket with a body', 'Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n'],
])('no other protocol is changed to: %s', async (_, extra) => {
  await using server = await web()
  await using box = await boxFor(server.port)
  const socket = await box.connect()
  expect(await answerTo(socket, get('api.test', server.port, '/', extra))).toMatch(/^HTTP\/1\.1 200 /)
  expect(server.requests[0]!.headers.join(' ').toLowerCase()).not.toMatch(/upgrade|http2/)
  socket.destroy()
})

test('HTTP inside a tunnel is held to the tunnel’s host', async () => {
  await using server = await web()
  await using box = await boxFor(server.port)
  for (const [host, status] of [
    ['api.test', 200],
    ['evil.test', 400],
  ] as const) {
    const socket = await box.connect()
    socket.write(`CONNECT api.test:${server.port} HTTP/1.1\r\nHost: api.test:${server.port}\r\n\r\n`)
    expect(await until(socket, '\r\n\r\n')).toContain(' 200 Connection Established')
    for (const path of ['/one', '/two']) {
      if (path === '/two' && status === 400) continue
      const answer = await answerTo(socket, `GET ${path} HTTP/1.1\r\nHost: ${host}:${server.port}\r\n\r\n`)
      expect(answer).toContain(`HTTP/1.1 ${status} `)
    }
    socket.destroy()
  }
  expect(server.requests.map(({ url }) => url)).toEqual(['/one', '/two'])
})

test('an approved host passes, all that wait share one question, and it is asked again for the next', async () => {
  await using server = await echo()
  const asked: ConnectQuestion[] = []
  const answers: ((said: 'allow' | 'deny') => void)[] = []
  let came = 0
  await using box = await inside({
    policy: () => ({ undecided: 'ask', rules: [allow('127.0.0.1', server.port)] }),
    // Looked at for each connection in the turn in which it begins to wait.
    sourceOf() {
      came += 1
      return undefined
    },
    ask: (question) => {
      asked.push(question)
      return new Promise((resolve) => answers.push(resolve))
    },
  })
  const outgoing = { type: 'captured', host: 'api.test', port: server.port, tag: 't' } as const
  const sockets = [await box.connect(outgoing), await box.connect(outgoing), await box.connect(outgoing)]
  const all = sockets.map(async (socket) => {
    socket.write('x\n')
    return until(socket, '\n')
  })
  await eventually(() => came).toBe(3)
  answers[0]!('allow')
  expect(await Promise.all(all)).toEqual(['x\n', 'x\n', 'x\n'])
  expect(asked).toEqual([{ host: 'api.test', port: server.port, how: 'captured', tag: 't' }])
  const next = await box.connect(outgoing)
  await eventually(() => answers.length).toBe(2)
  answers[1]!('deny')
  expect(await restOf(next)).toBe('')
  expect(box.told.map(({ verdict, rule }) => [verdict, rule])).toEqual([
    ...Array(3).fill(['allow', 'approved']),
    ['deny', 'denied'],
  ])
  for (const socket of sockets) socket.destroy()
})

test.each(['captured', 'connect', 'socks', 'http'])(
  'a %s program that ends while a person is asked withdraws its question',
  async (how) => {
    const withdrawn = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    await using box = await inside({
      policy: () => ({ undecided: 'ask', rules: [] }),
      ask: (_, signal) => {
        asked.resolve()
        signal.addEventListener('abort', () => withdrawn.resolve())
        return new Promise(() => {})
      },
    })
    const socket = await box.connect(
      how === 'captured' ? { type: 'captured', host: 'a.test', port: 22, tag: 't' } : undefined,
    )
    if (how === 'http') socket.write(get('a.test', 80))
    if (how === 'connect') socket.write('CONNECT a.test:22 HTTP/1.1\r\nHost: a.test:22\r\n\r\nahead')
    if (how === 'captured') socket.write('ahead')
    if (how === 'socks') socket.write(Buffer.from('\x05\x01\x00\x05\x01\x00\x03\x06a.test\x00\x16', 'latin1'))
    await asked.promise
    socket.end()
    await withdrawn.promise
    socket.destroy()
    expect(box.told).toEqual([])
  },
)

test('a failing question, and a deny that is added while it is open, let nothing out', async () => {
  await using server = await echo()
  let rules = [allow('127.0.0.1', server.port)]
  let answer = async (): Promise<'allow' | 'deny'> => {
    throw new Error('no editor')
  }
  await using box = await inside({ policy: () => ({ undecided: 'ask', rules }), ask: () => answer() })
  const outgoing = { type: 'captured', host: 'api.test', port: server.port, tag: 't' } as const
  expect(await restOf(await box.connect(outgoing))).toBe('')
  answer = async () => {
    rules = [...rules, { verdict: 'deny', host: '*.test' }]
    return 'allow'
  }
  expect(await restOf(await box.connect(outgoing))).toBe('')
  expect(box.told.map(({ rule }) => rule)).toEqual(['notAnswered', 'deny *.test'])
  expect(server.count()).toBe(0)
})

test('an answer for one host keeps no connection open that led to another, which no rule allows any longer', async () => {
  await using server = await web()
  let rules = [allow('127.0.0.1', server.port), allow('api.test', server.port)]
  await using box = await inside({ policy: () => ({ undecided: 'ask', rules }), ask: async () => 'allow' })
  const [both, approved] = [await box.connect(), await box.connect()]
  for (const socket of [both, approved]) {
    expect(await answerTo(socket, get('asked.test', server.port))).toContain(' 200 ')
  }
  expect(await answerTo(both, get('api.test', server.port))).toContain(' 200 ')
  rules = [allow('127.0.0.1', server.port)]
  box.egress.reconsider()
  expect(await restOf(both)).toBe('')
  expect(await answerTo(approved, get('asked.test', server.port))).toContain(' 200 ')
  approved.destroy()
})

test('a command that may reach any public host does, and nothing else; what a rule asks about is asked', async () => {
  await using server = await echo()
  const asked: string[] = []
  await using box = await inside({
    policy: () => ({
      undecided: 'deny',
      rules: [
        allow('127.0.0.1', server.port),
        { verdict: 'deny', host: 'bad.test' },
        { verdict: 'ask', host: 'asked.test' },
      ],
    }),
    ask: async ({ host }) => {
      asked.push(host)
      return 'deny'
    },
    sourceOf: (tag) => (tag === 'approved-tag' ? { anyPublicHost: true } : undefined),
    resolve: async (name) => [name === 'lan.test' ? '10.0.0.1' : '127.0.0.1'],
  })
  const outcome = async (host: string, tag: string) => {
    const socket = await box.connect({ type: 'captured', host, port: server.port, tag })
    socket.end('x')
    return restOf(socket)
  }
  expect(await outcome('api.test', 'approved-tag')).toBe('x')
  expect(await outcome('api.test', 'other')).toBe('')
  expect(await outcome('bad.test', 'approved-tag')).toBe('')
  expect(await outcome('lan.test', 'approved-tag')).toBe('')
  expect(asked).toEqual([])
  expect(await outcome('asked.test', 'approved-tag')).toBe('')
  expect(asked).toEqual(['asked.test'])
})
