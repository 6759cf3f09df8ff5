import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duplexPair, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { type BoundSecret, bindSecret } from '../../daemon/egress/boundSecret.ts'
import { caBundle, caEnvironment } from '../../daemon/egress/caEnvironment.ts'
import { CertificateAuthority } from '../../daemon/egress/certificateAuthority.ts'
import { resolveSecret } from '../../daemon/egress/resolveSecret.ts'
import { scrub } from '../../daemon/egress/scrub.ts'
import { swapSecrets } from '../../daemon/egress/swapSecrets.ts'
import { allow, type Inside, inside, restOf, until } from './inside.ts'
import { tlsServer } from './tlsServer.ts'

const folder = mkdtempSync(join(tmpdir(), 'paddock-egress-'))
afterAll(() => rmSync(folder, { recursive: true }))

const value = 'sk-live/4711+"quoted"'
const serverAuthority = new CertificateAuthority()

function bound(host = 'api.test', pathPrefix?: string): BoundSecret {
  const use = { type: 'host', host, ...(pathPrefix && { pathPrefix }) } as const
  const made = bindSecret('API_KEY', use, Buffer.from(`${value}\n`))
  if (made.type !== 'bound') throw new Error(made.why)
  return made.secret
}

function web(answer: RequestListener) {
  return tlsServer(serverAuthority, answer)
}

function boxFor(
  port: number,
  secrets: BoundSecret[],
  more: Partial<Parameters<typeof inside>[0]> = {},
): Promise<Inside> {
  return inside({
    rules: [allow('api.test', port), allow('other.test', port), allow('127.0.0.1', port)],
    kindOf: () => 'tls',
    secrets: () => secrets,
    upstreamCa: [serverAuthority.pem],
    ...more,
  })
}

async function tunnelTo(box: Inside, host: string, port: number): Promise<Socket> {
  const socket = await box.connect()
  socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`)
  expect(await until(socket, '\r\n\r\n')).toContain(' 200 ')
  return socket
}

interface Sent {
  readonly host?: string
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly ca?: string
}

/** What a program inside sends, and what it gets to see: all bytes of the answer, as text. */
async function exchange(
  box: Inside,
  port: number,
  { host = 'api.test', path = '/', method = 'GET', headers = {}, ca }: Sent,
) {
  const socket = await tunnelTo(box, host, port)
  const tls = connectTls({ socket, servername: host, ca: ca ?? box.egress.caPem })
  await once(tls, 'secureConnect')
  const request = httpsRequest({ createConnection: () => tls, host, port, path, method, headers })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const body = await text(response)
  tls.destroy()
  return {
    status: response.statusCode!,
    headers: response.headers,
    body,
    all: `${response.rawHeaders.join('\n')}\n${body}`,
  }
}

const echoHeaders: RequestListener = (request, response) => {
  response.setHeader('X-Echo', request.headers.authorization ?? '')
  response.end(JSON.stringify(request.headers))
}

test('the bound host gets the value, and what it echoes comes back as the stand-in', async () => {
  await using server = await web(echoHeaders)
  const secret = bound()
  await using box = await boxFor(server.port, [secret])
  const answer = await exchange(box, server.port, {
    headers: { Authorization: `Bearer ${secret.standIn}`, Range: 'bytes=0-3' },
  })
  expect(server.seen[0]!.headers.authorization).toBe(`Bearer ${value}`)
  expect(server.seen[0]!.headers.range).toBeUndefined()
  expect(answer.all).not.toContain('4711')
  expect(answer.headers['x-echo']).toBe(`Bearer ${secret.standIn}`)
  expect(JSON.parse(answer.body).authorization).toBe(`Bearer ${secret.standIn}`)
  expect(box.told).toMatchObject([{ host: 'api.test', how: 'connect', verdict: 'allow' }])
})

test('Basic credentials that hold a stand-in carry the value, and an echo of them does not come back', async () => {
  await using server = await web(echoHeaders)
  const secret = bound()
  await using box = await boxFor(server.port, [secret])
  const basic = (password: string) => `Basic ${Buffer.from(`user:${password}`).toString('base64')}`
  const answer = await exchange(box, server.port, { headers: { Authorization: basic(secret.standIn) } })
  expect(server.seen[0]!.headers.authorization).toBe(basic(value))
  expect(answer.headers['x-echo']).toBe(basic(secret.standIn))
  expect(answer.all).not.toContain(basic(value).slice(6))
})

test('a stand-in that goes to another host stays a stand-in, and that host’s TLS is its own', async () => {
  await using server = await web(echoHeaders)
  const secret = bound()
  await using box = await boxFor(server.port, [secret])
  const headers = { Authorization: `Bearer ${secret.standIn}` }
  await exchange(box, server.port, { host: 'other.test', headers, ca: serverAuthority.pem })
  expect(server.seen[0]!.headers.authorization).toBe(`Bearer ${secret.standIn}`)
})

test('a Host header for another host does not get the value there', async () => {
  await using server = await web(echoHeaders)
  const secret = bound()
  await using box = await boxFor(server.port, [secret])
  const headers = { Host: `other.test:${server.port}`, Authorization: `Bearer ${secret.standIn}` }
  expect((await exchange(box, server.port, { headers })).status).toBe(400)
  expect(server.seen).toEqual([])
})

test.each([
  ['/v1', true],
  ['/v1/chat?x=/../', true],
  ['/v1?x', true],
  ['/v10', false],
  ['/', false],
  ['/V1', false],
  ['/v1/../admin', false],
  ['/v1/..', false],
  ['/v1/%2e%2e/admin', false],
  ['/v1/..%2fadmin', false],
  ['/v1/..;/admin', false],
  ['/v1/.%2E/admin', false],
  ['/v1\\..\\admin', false],
  ['//v1', false],
])('a secret for /v1 at %s: %s', (path, goes) => {
  const secret = bound('api.test', '/v1')
  const { headers, any } = swapSecrets(['X-Key', secret.standIn], path, [secret])
  expect([headers[1], any]).toEqual([goes ? value : secret.standIn, goes])
})

test('an answer that is compressed, or comes in small pieces, holds no value either', async () => {
  const plain = `before ${value} after ${encodeURIComponent(value)} and ${JSON.stringify(value)} end`
  await using server = await web(async (request, response) => {
    if (request.url === '/gzip') return void response.setHeader('Content-Encoding', 'gzip').end(gzipSync(plain))
    if (request.url === '/odd') return void response.setHeader('Content-Encoding', 'odd').end(plain)
    for (const character of plain) {
      response.write(character)
      await new Promise(setImmediate)
    }
    response.end()
  })
  const secret = bound()
  await using box = await boxFor(server.port, [secret])
  const shown = `before ${secret.standIn} after ${secret.standIn} and "${secret.standIn}" end`
  for (const path of ['/gzip', '/pieces']) {
    const answer = await exchange(box, server.port, { path, headers: { 'Accept-Encoding': 'gzip' } })
    expect(answer.body).toBe(shown)
  }
  expect(server.seen[0]!.headers['accept-encoding']).toBe('identity')
  expect((await exchange(box, server.port, { path: '/odd' })).status).toBe(502)
})

test('a server that only pretends to be the host does not get the value', async () => {
  await using server = await web(echoHeaders)
  const secret = bound()
  await using box = await boxFor(server.port, [secret], { upstreamCa: [new CertificateAuthority().pem] })
  const answer = await exchange(box, server.port, { headers: { Authorization: secret.standIn } })
  expect(answer.status).toBe(502)
  expect(answer.body).toContain('TLS with it failed')
  expect(answer.all).not.toContain('4711')
  expect(server.seen).toEqual([])
})

test('what a secret’s host is may be no program’s to reach: the rules decide that', async () => {
  await using server = await web(echoHeaders)
  await using box = await boxFor(server.port, [bound()], { rules: [allow('127.0.0.1', server.port)] })
  const socket = await box.connect()
  socket.write(`CONNECT api.test:${server.port} HTTP/1.1\r\nHost: api.test:${server.port}\r\n\r\n`)
  expect(await restOf(socket)).toContain(' 403 ')
})

test('a WebSocket whose frames would hold the value is cut', async () => {
  await using web1 = await web(() => {})
  web1.http.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    socket.write(`hello ${String(request.headers.authorization).slice(0, 7)}`)
    socket.once('data', () => socket.write(String(request.headers.authorization)))
    socket.on('error', () => {})
  })
  const secret = bound()
  await using box = await boxFor(web1.port, [secret])
  const tls = connectTls({
    socket: await tunnelTo(box, 'api.test', web1.port),
    servername: 'api.test',
    ca: box.egress.caPem,
  })
  tls.on('error', () => {})
  tls.write(
    `GET /ws HTTP/1.1\r\nHost: api.test:${web1.port}\r\nAuthorization: Bearer ${secret.standIn}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  )
  expect(await until(tls, 'hello Bearer ')).toContain('101 Switching Protocols')
  tls.write('now')
  expect(await restOf(tls)).not.toContain('4711')
})

test('streams that are no sockets: the secret goes in over TLS inside a channel of the sandbox’s own', async () => {
  await using server = await web(echoHeaders)
  const secret = bound()
  await using box = await boxFor(server.port, [secret])
  const [ours, theirs] = duplexPair()
  box.egress.connection({ type: 'captured', host: 'api.test', port: server.port, tag: 't' }, theirs)
  const tls = connectTls({ socket: ours, servername: 'api.test', ca: box.egress.caPem })
  tls.on('error', () => {})
  tls.write(`GET / HTTP/1.1\r\nHost: api.test:${server.port}\r\nX-Key: ${secret.standIn}\r\nConnection: close\r\n\r\n`)
  expect(await text(tls)).toContain(`"x-key":"${secret.standIn}"`)
  expect(server.seen[0]!.headers['x-key']).toBe(value)
})

async function handshake(socket: Socket, servername: string | undefined, ca: string): Promise<TLSSocket | string> {
  const tls = connectTls({
    socket,
    ca,
    ...(servername !== undefined && { servername }),
    checkServerIdentity: () => undefined,
  })
  return new Promise((resolve) => {
    tls.once('secureConnect', () => resolve(tls))
    tls.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

test.each([
  ['tls', 'api.test', 'api.test', true],
  ['tls', 'api.test', 'API.TEST', true],
  ['tls', 'api.test', 'evil.test', false],
  ['tls', 'api.test', undefined, false],
  ['tls', '127.0.0.1', undefined, true],
  ['tls', '127.0.0.1', 'evil.test', false],
  ['any', 'api.test', 'api.test', true],
  ['any', 'api.test', 'evil.test', false],
] as const)('on a port for %s, CONNECT to %s with TLS for %s: %s', async (kind, host, name, passes) => {
  await using server = await web(echoHeaders)
  await using box = await boxFor(server.port, [], { kindOf: () => kind })
  const socket = await tunnelTo(box, host, server.port)
  const outcome = await handshake(socket, name, serverAuthority.pem)
  expect(typeof outcome === 'string' ? outcome : 'secure').toEqual(
    passes ? 'secure' : expect.stringMatching(/ERR_SSL|ECONNRESET/),
  )
  expect(server.connections()).toBe(1)
  expect(server.bytes() > 0).toBe(passes)
  expect(box.told.at(-1)!.verdict).toBe(passes ? 'allow' : 'deny')
  socket.destroy()
})

test('a port for TLS takes nothing else, and a captured connection is held to its name', async () => {
  await using server = await web(echoHeaders)
  await using box = await boxFor(server.port, [])
  const plain = await box.connect({ type: 'captured', host: 'api.test', port: server.port, tag: undefined })
  plain.write('SSH-2.0-x\r\n')
  await restOf(plain)
  const other = await box.connect({ type: 'captured', host: 'api.test', port: server.port, tag: undefined })
  expect(await handshake(other, 'other.test', serverAuthority.pem)).toMatch(/ERR_SSL|ECONNRESET/)
  const good = await box.connect({ type: 'captured', host: 'api.test', port: server.port, tag: undefined })
  expect(await handshake(good, 'api.test', serverAuthority.pem)).not.toBeTypeOf('string')
  good.destroy()
  expect(box.told.map(({ rule, verdict }) => `${verdict} ${rule}`)).toEqual([
    'deny notTls',
    'deny nameMismatch',
    expect.stringMatching(/^allow allow api\.test/),
  ])
  expect(server.seen).toEqual([])
})

test('a scrubbed stream is the same as replacing in the whole, however it is split', async () => {
  const needles = ['secret-one', 'secret-one-longer', 'aab', 'ss-end']
  const disguises = needles.map((real, n) => ({ real, shown: `<${n}>` }))
  const word = fc.constantFrom(...needles, 'secret-', 'a', 'aa', 's', 'x', '-longer', ' ')
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      async (words, sizes) => {
        const whole = words.join('')
        const pieces: Buffer[] = []
        for (let at = 0, n = 0; at < whole.length; n += 1) {
          const size = sizes[n % sizes.length]!
          pieces.push(Buffer.from(whole.slice(at, at + size)))
          at += size
        }
        const scrubbed = (await buffer(Readable.from(pieces).pipe(scrub(disguises)))).toString()
        expect(scrubbed).toBe(
          whole.replaceAll(/secret-one-longer|secret-one|aab|ss-end/g, (found) => `<${needles.indexOf(found)}>`),
        )
      },
    ),
  )
})

test('what cannot be the beginning of a secret is not held back', () => {
  const through = scrub([{ real: 'secret', shown: '-' }])
  through.write('data: one\n')
  expect(through.read().toString()).toBe('data: one\n')
  through.write('data: sec')
  expect(through.read().toString()).toBe('data: ')
})

test.each([
  ['env:KEY', 'from the environment'],
  ['editor:key', 'from the editor'],
  [`file:${folder}/key`, 'from a file'],
])('%s', async (from, expected) => {
  writeFileSync(join(folder, 'key'), 'from a file', { mode: 0o600 })
  const sources = { environment: { KEY: 'from the environment' }, editor: async () => 'from the editor' }
  expect(await resolveSecret({ from }, sources)).toEqual({ type: 'value', bytes: Buffer.from(expected) })
})

test('references that lead to no secret say why; a file that others can read is told of', async () => {
  const at = (name: string) => join(folder, name)
  writeFileSync(at('open'), 'value-of-it')
  chmodSync(at('open'), 0o644)
  writeFileSync(at('large'), Buffer.alloc(65 * 1024))
  writeFileSync(at('empty'), '')
  symlinkSync(at('open'), at('link'))
  spawnSync('mkfifo', [at('pipe')])
  const sources = { environment: {}, editor: () => Promise.reject(new Error('no editor')) }
  const why = async (from: string) => {
    const said = await resolveSecret({ from }, sources)
    return said.type === 'unavailable' ? said.why : said.warning
  }
  expect(await why(`file:${at('open')}`)).toContain('can be read by other users (mode 644)')
  expect(await why(`file:${at('large')}`)).toContain('larger than 64 KiB')
  expect(await why(`file:${at('empty')}`)).toContain('is empty')
  expect(await why(`file:${at('link')}`)).toContain('is a link')
  expect(await why(`file:${at('pipe')}`)).toContain('not a file')
  expect(await why(`file:${folder}`)).toContain('not a file')
  expect(await why(`file:${at('none')}`)).toContain('ENOENT')
  expect(await why('env:NONE')).toContain('has no NONE')
  expect(await why('editor:none')).toContain('has no none')
})

test('a secret that no header can carry, or that is too short to be known again, is not bound', () => {
  const bind = (bytes: string, host = 'api.test') => bindSecret('K', { type: 'host', host }, Buffer.from(bytes)).type
  expect(['two\r\nlines-of-it', 'short', 'nul\0in-the-middle', ''].map((bytes) => bind(bytes))).toEqual(
    Array(4).fill('unusable'),
  )
  expect(bind('long-enough', 'https://api.test/')).toBe('unusable')
  expect(bind('long-enough')).toBe('bound')
  expect(bound().standIn).toMatch(/^paddock-secret-API_KEY-[0-9a-f]{32}$/)
  expect(bound().standIn).not.toBe(bound().standIn)
})

test('other programs accept the certificates: openssl, curl and Python', async ({ skip }) => {
  const missing = ['openssl', 'curl', 'python3'].filter((program) => spawnSync(program, ['version']).error)
  skip(missing.length > 0, `not installed: ${missing.join(', ')}`)
  await using server = await web((_, response) => response.end('fine'))
  await using box = await boxFor(server.port, [bound(), bound('127.0.0.1')])
  const [ca, bundle] = [join(folder, 'ca.pem'), join(folder, 'bundle.pem')]
  writeFileSync(ca, box.egress.caPem)
  writeFileSync(bundle, await caBundle(box.egress.caPem))
  expect(spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', ca, ca], { encoding: 'utf8' }).stdout).toContain(
    'OK',
  )
  const env = { PATH: process.env['PATH'], ...caEnvironment({ ca, bundle }) }
  const run = (file: string, ...args: string[]) =>
    new Promise<string>((resolve) => execFile(file, args, { env }, (_, stdout, stderr) => resolve(stdout + stderr)))
  const proxy = `http://127.0.0.1:${box.proxyPort}`
  for (const host of ['api.test', '127.0.0.1']) {
    expect(await run('curl', '-sS', '-x', proxy, `https://${host}:${server.port}/`)).toBe('fine')
  }
  const script = `import urllib.request, ssl; c = ssl.create_default_context(); c.verify_flags |= ssl.VERIFY_X509_STRICT
o = urllib.request.build_opener(urllib.request.ProxyHandler({'https': '${proxy}'}), urllib.request.HTTPSHandler(context=c))
print(o.open('https://api.test:${server.port}/').read().decode())`
  expect(await run('python3', '-c', script)).toBe('fine\n')
})
