import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { allow, deny, echo, inside, listening, portOf, restOf, until } from './inside.ts'

const tag = 'a'.repeat(32)

function connectRequest(host: string, port: number, extra = ''): string {
  const user = Buffer.from(`${tag}:x`).toString('base64')
  return `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\nProxy-Authorization: Basic ${user}\r\n${extra}\r\n`
}

async function socks(socket: Socket, host: string, port: number, { user = '', command = 1 } = {}): Promise<number> {
  socket.write(Buffer.from(user ? [5, 2, 0, 2] : [5, 1, 0]))
  const answers = bytesOf(socket)
  expect([...(await answers(2))]).toEqual([5, user ? 2 : 0])
  if (user) {
    socket.write(Buffer.concat([Buffer.of(1, user.length), Buffer.from(user), Buffer.of(1, 120)]))
    expect([...(await answers(2))]).toEqual([1, 0])
  }
  const port2 = Buffer.of(port >> 8, port & 255)
  socket.write(Buffer.concat([Buffer.of(5, command, 0, 3, host.length), Buffer.from(host), port2]))
  return (await answers(10))[1]!
}

function bytesOf(socket: Socket): (count: number) => Promise<Buffer> {
  return async (count) => {
    for (;;) {
      const bytes = socket.read(count) as Buffer | null
      if (bytes) return bytes
      await once(socket, 'readable')
    }
  }
}

test('CONNECT to an allowed host leads there, and is told once with its tag', async () => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('api.test', server.port), allow('127.0.0.1', server.port)] })
  const socket = await box.connect()
  socket.write(connectRequest('API.test', server.port))
  expect(await until(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  socket.end('hello')
  expect(await restOf(socket)).toBe('hello')
  expect(box.told).toEqual([
    {
      host: 'api.test',
      port: server.port,
      how: 'connect',
      verdict: 'allow',
      rule: `allow api.test on ${server.port}`,
      reason: expect.any(String),
      tag,
    },
  ])
})

test('bytes sent ahead of the answer to CONNECT are not lost', async () => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('127.0.0.1', server.port)] })
  const socket = await box.connect()
  socket.end(`${connectRequest('127.0.0.1', server.port)}early`)
  expect(await restOf(socket)).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nearly$/s)
})

test('SOCKS5 with and without a user name leads there', async () => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('api.test', server.port), allow('127.0.0.1', server.port)] })
  for (const user of ['', tag]) {
    const socket = await box.connect()
    expect(await socks(socket, 'api.test', server.port, { user })).toBe(0)
    socket.end('hello')
    expect(await restOf(socket)).toBe('hello')
  }
  expect(box.told.map(({ how, verdict, tag }) => [how, verdict, tag])).toEqual([
    ['socks', 'allow', undefined],
    ['socks', 'allow', tag],
  ])
})

test('SOCKS5 refusals: BIND, UDP ASSOCIATE, a host that is not allowed, a port where nobody listens', async () => {
  await using box = await inside({ rules: [allow('127.0.0.1', 1)] })
  expect(await socks(await box.connect(), '127.0.0.1', 1, { command: 2 })).toBe(7)
  expect(await socks(await box.connect(), '127.0.0.1', 1, { command: 3 })).toBe(7)
  expect(await socks(await box.connect(), 'evil.test', 443)).toBe(2)
  expect(await socks(await box.connect(), '127.0.0.1', 1)).toBe(4)
  expect(await socks(await box.connect(), 'a%62.test', 443)).toBe(8)
})

test('a refusal says what, why and how to allow it, and repeats nothing that the program sent', async () => {
  await using box = await inside()
  const socket = await box.connect()
  socket.write(connectRequest('evil.test', 8443, 'Authorization: Bearer top-secret\r\n'))
  const answer = await restOf(socket)
  expect(answer).toMatch(/^HTTP\/1\.1 403 Refused by Paddock \(evil\.test: no rule of this workspace allows it\)\r\n/)
  expect(answer).toContain('evil.test, port 8443')
  expect(answer).toContain('add a rule for evil.test')
  expect(answer).not.toContain('top-secret')
  expect(answer).not.toContain(tag)
  expect(box.told).toMatchObject([{ host: 'evil.test', verdict: 'deny', rule: 'undecided', tag }])
})

test.each([
  '127.0.0.1',
  '2130706433',
  '0177.0.0.1',
  '0x7f.1',
  '127.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '0.0.0.0',
  '[::]',
  'localhost',
  'localhost.',
  'x.localhost',
  '169.254.169.254',
  'user@api.test',
  'api.test%00.evil.test',
  'api.test.',
  '//api.test',
])('whatever is allowed, %s is not reached unless a rule names it', async (host) => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('*', server.port), allow('api.test', server.port)] })
  const socket = await box.connect()
  socket.write(connectRequest(host, server.port))
  expect(await restOf(socket)).toMatch(/^HTTP\/1\.1 40[03] /)
  const second = await box.connect({ type: 'captured', host, port: server.port, tag: undefined })
  expect(await restOf(second)).toBe('')
  expect(server.count()).toBe(0)
})

test('a name that leads to a private address is refused, also when only one of several does', async () => {
  await using server = await echo()
  const answers = new Map([
    ['lan.test', ['10.0.0.5']],
    ['mixed.test', ['93.184.215.14', '127.0.0.1']],
    ['six.test', ['64:ff9b::7f00:1']],
    ['cloud.test', ['169.254.169.254']],
  ])
  await using box = await inside({ rules: [allow('*', server.port)], resolve: async (name) => answers.get(name) ?? [] })
  for (const host of answers.keys()) {
    const socket = await box.connect()
    socket.write(connectRequest(host, server.port))
    expect(await restOf(socket)).toContain('out of reach unless a rule names the address')
  }
  expect(box.told.map(({ host, verdict, rule }) => [host, verdict, rule])).toEqual(
    [...answers.keys()].map((host) => [host, 'deny', 'privateAddress']),
  )
  expect(server.count()).toBe(0)
})

test('a name whose address changes between check and use is dialled at the address that was checked', async () => {
  await using server = await echo()
  let lookups = 0
  const resolve = async () => (lookups++ === 0 ? ['127.0.0.1'] : ['127.0.0.66'])
  await using box = await inside({ rules: [allow('api.test', server.port), allow('127.0.0.1', server.port)], resolve })
  const socket = await box.connect()
  socket.write(connectRequest('api.test', server.port))
  await until(socket, '\r\n\r\n')
  expect(lookups).toBe(1)
  socket.end()
  const again = await box.connect()
  again.write(connectRequest('api.test', server.port))
  expect(await restOf(again)).toMatch(/^HTTP\/1\.1 403 /)
  expect(server.count()).toBe(1)
})

test('a deny that names an address holds where a network without IPv4 carries it', async () => {
  const rules = [allow('api.test', 443), deny('93.184.215.14')]
  await using box = await inside({ rules, resolve: async () => ['64:ff9b::5db8:d70e'] })
  const socket = await box.connect()
  socket.write(connectRequest('api.test', 443))
  expect(await restOf(socket)).toMatch(/^HTTP\/1\.1 403 /)
  expect(box.told).toMatchObject([{ verdict: 'deny', rule: 'deny 64:ff9b::5db8:d70e' }])
})

test('a deny that names an address holds for names that lead to it', async () => {
  await using server = await echo()
  const rules = [allow('api.test', server.port), allow('127.0.0.1', server.port), deny('127.0.0.1')]
  await using box = await inside({ rules })
  const socket = await box.connect()
  socket.write(connectRequest('api.test', server.port))
  expect(await restOf(socket)).toContain('its address 127.0.0.1 is refused by a rule')
})

test('a name is looked up only once it is allowed', async () => {
  const looked: string[] = []
  const resolve = async (name: string) => {
    looked.push(name)
    return []
  }
  await using box = await inside({ resolve })
  const socket = await box.connect()
  socket.write(connectRequest('data-that-leaks.evil.test', 443))
  await restOf(socket)
  expect(looked).toEqual([])
})

test('streams that are no sockets: a channel of the sandbox’s own', async () => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('127.0.0.1', server.port)] })
  for (const ask of [connectRequest('127.0.0.1', server.port), '\x05\x01\x00']) {
    const [ours, theirs] = duplexPair()
    box.egress.connection({ type: 'proxy' }, theirs)
    ours.write(Buffer.from(ask, 'latin1'))
    if (ask[0] === '\x05') ours.write(Buffer.of(5, 1, 0, 1, 127, 0, 0, 1, server.port >> 8, server.port & 255))
    ours.end('through')
    expect(await text(ours)).toMatch(/through$/)
  }
})

test('100 MB pass unchanged through a captured connection', async () => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('127.0.0.1', server.port)] })
  const socket = await box.connect({ type: 'captured', host: '127.0.0.1', port: server.port, tag })
  const piece = randomBytes(1 << 20)
  const [sent, came] = [createHash('sha256'), createHash('sha256')]
  let size = 0
  socket.on('data', (chunk) => {
    came.update(chunk)
    size += chunk.length
  })
  for (let n = 0; n < 100; n += 1) {
    sent.update(piece)
    if (!socket.write(piece)) await once(socket, 'drain')
  }
  socket.end()
  await once(socket, 'end')
  expect(size).toBe(100 << 20)
  expect(came.digest('hex')).toBe(sent.digest('hex'))
  expect(box.told).toMatchObject([{ how: 'captured', verdict: 'allow', tag }])
})

test('who sends faster than it is read is held back', async () => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('127.0.0.1', server.port)] })
  const socket = await box.connect({ type: 'captured', host: '127.0.0.1', port: server.port, tag })
  socket.pause()
  const piece = Buffer.alloc(1 << 20)
  const held = Promise.withResolvers<void>()
  let written = 0
  // 64 MB are more than all kernel buffers on the way; a proxy that keeps them would take them all.
  const more = () => {
    if (written >= 64 << 20) return held.resolve()
    written += piece.length
    socket.write(piece, more)
  }
  more()
  const stuck = setInterval(() => {
    const before = written
    setTimeout(() => before === written && held.resolve(), 300)
  }, 400)
  await held.promise
  clearInterval(stuck)
  expect(written).toBeLessThan(64 << 20)
  socket.destroy()
})

test('many connections at once each get their own answer; one above the limit is refused', async () => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('127.0.0.1', server.port)], maxConnections: 100 })
  const sockets = await Promise.all(
    Array.from({ length: 100 }, () => box.connect({ type: 'captured', host: '127.0.0.1', port: server.port, tag })),
  )
  const answers = sockets.map(async (socket, n) => {
    socket.write(`number ${n}\n`)
    return until(socket, '\n')
  })
  expect(await Promise.all(answers)).toEqual(sockets.map((_, n) => `number ${n}\n`))
  const above = await box.connect({ type: 'captured', host: '127.0.0.1', port: server.port, tag })
  expect(await restOf(above)).toBe('')
  expect(server.count()).toBe(100)
  for (const socket of sockets) socket.destroy()
})

test('rules that change end what they no longer allow, and leave the rest', async () => {
  await using server = await echo()
  let rules = [allow('127.0.0.1', server.port), allow('api.test', server.port)]
  await using box = await inside({ policy: () => ({ undecided: 'deny', rules }) })
  const [one, other] = [
    await box.connect({ type: 'captured', host: '127.0.0.1', port: server.port, tag }),
    await box.connect({ type: 'captured', host: 'api.test', port: server.port, tag }),
  ]
  for (const socket of [one, other]) {
    socket.write('x\n')
    await until(socket, '\n')
  }
  rules = [allow('127.0.0.1', server.port), deny('api.test')]
  box.egress.reconsider()
  expect(await restOf(other)).toBe('')
  one.write('y\n')
  expect(await until(one, '\n')).toBe('y\n')
})

test('what was reached by leave for every host ends with that leave', async () => {
  await using server = await echo()
  let anyPublicHost = true
  await using box = await inside({
    rules: [allow('127.0.0.1', server.port)],
    sourceOf: (of) => (of === tag ? { anyPublicHost } : undefined),
  })
  const socket = await box.connect({ type: 'captured', host: 'api.test', port: server.port, tag })
  socket.write('x\n')
  await until(socket, '\n')
  anyPublicHost = false
  box.egress.reconsider()
  expect(await restOf(socket)).toBe('')
})

test('a server that speaks first is heard first', async () => {
  const server = await listening(createServer((socket) => socket.on('error', () => {}).write('220 ready\r\n')))
  await using box = await inside({ rules: [allow('127.0.0.1', portOf(server))] })
  const socket = await box.connect({ type: 'captured', host: '127.0.0.1', port: portOf(server), tag })
  expect(await until(socket, '\r\n')).toBe('220 ready\r\n')
  socket.destroy()
  server.close()
})

test('where one address of a host does not answer, the next is tried', async () => {
  await using server = await echo()
  const addresses = ['127.0.0.9', '::1', '127.0.0.1']
  const rules = ['api.test', ...addresses].map((host) => allow(host, server.port))
  await using box = await inside({ rules, resolve: async () => addresses })
  const socket = await box.connect({ type: 'captured', host: 'api.test', port: server.port, tag })
  socket.end('found')
  expect(await restOf(socket)).toBe('found')
})

test('this machine’s loopback address is reached by the name localhost, where a rule says localhost', async () => {
  await using server = await echo()
  const rules = ['localhost', 'api.test', 'notlocalhost', 'x.localhost'].map((host) => allow(host, server.port))
  await using box = await inside({ rules })
  const outcome = async (host: string) => {
    const socket = await box.connect({ type: 'captured', host, port: server.port, tag })
    socket.end('found')
    return restOf(socket)
  }
  expect(await outcome('localhost')).toBe('found')
  for (const host of ['api.test', 'notlocalhost', 'x.localhost']) expect(await outcome(host)).toBe('')
})

test('a connection that nothing moves on is ended', async () => {
  await using server = await echo()
  await using box = await inside({ rules: [allow('127.0.0.1', server.port)], idleMs: 50 })
  const socket = await box.connect({ type: 'captured', host: '127.0.0.1', port: server.port, tag })
  expect(await restOf(socket)).toBe('')
})

test('closing ends what is open, withdraws what is asked, and lets nothing more in', async () => {
  await using server = await echo()
  const withdrawn = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  await using box = await inside({
    policy: () => ({ undecided: 'ask', rules: [allow('127.0.0.1', server.port)] }),
    ask: (_, signal) => {
      asked.resolve()
      signal.addEventListener('abort', () => withdrawn.resolve())
      return new Promise(() => {})
    },
  })
  const open = await box.connect({ type: 'captured', host: '127.0.0.1', port: server.port, tag })
  open.write('x\n')
  await until(open, '\n')
  const waiting = await box.connect({ type: 'captured', host: 'api.test', port: 22, tag })
  await asked.promise
  box.egress.close()
  await withdrawn.promise
  expect([await restOf(open), await restOf(waiting)]).toEqual(['', ''])
  expect(await restOf(await box.connect())).toBe('')
})

test('names resolve inside when they are names', async () => {
  await using box = await inside()
  const resolves = (name: string) => box.egress.resolves(name, undefined)
  expect(['example.com', 'example.com.'].map(resolves)).toEqual([true, true])
  expect(['localhost', '127.0.0.1', '::1', 'a b', 'a%00', ''].map(resolves)).toEqual(Array(6).fill(false))
})
