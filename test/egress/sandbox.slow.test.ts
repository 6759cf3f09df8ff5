import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type BoundSecret, bindSecret } from '../../daemon/egress/boundSecret.ts'
import { caBundle, caEnvironment } from '../../daemon/egress/caEnvironment.ts'
import { CertificateAuthority } from '../../daemon/egress/certificateAuthority.ts'
import { type Egress, egress } from '../../daemon/egress/egress.ts'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { Command, Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { nodeInside, type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import { allow, listening, portOf, type Told } from './inside.ts'
import { tlsServer } from './tlsServer.ts'

// The way out with programs that people use, in a real sandbox, to servers of this machine.
const tag = '0123456789abcdef0123456789abcdef'
const authority = new CertificateAuthority()
const told: Told[] = []
const secrets: BoundSecret[] = []
let folders: SandboxFolders
let sandbox: Sandbox
let way: Egress
let plain: Awaited<ReturnType<typeof plainServer>>
let secured: Awaited<ReturnType<typeof tlsServer>>
let env: Record<string, string>

async function plainServer(root: string) {
  const server = createServer((request, response) => {
    const path = join(root, new URL(request.url!, 'http://x').pathname)
    try {
      response.end(readFileSync(path))
    } catch {
      response.writeHead(404).end('no such file')
    }
  })
  await listening(server)
  return { port: portOf(server), server }
}

beforeAll(async () => {
  folders = sandboxFolders()
  vi.stubEnv('HOME', folders.userHome)
  const served = join(folders.data, 'served')
  const git = (...args: string[]) =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: served, encoding: 'utf8' })
  spawnSync('mkdir', ['-p', served])
  writeFileSync(join(served, 'file'), 'fine')
  git('init', '-q', '-b', 'main')
  git('add', 'file')
  git('commit', '-q', '-m', 'one')
  git('update-server-info')
  plain = await plainServer(served)
  secured = await tlsServer(authority, (request, response) => response.end(JSON.stringify(request.headers)))
  const made = bindSecret('API_KEY', { type: 'host', host: 'api.test' }, Buffer.from('the-real-value'))
  if (made.type === 'bound') secrets.push(made.secret)
  way = egress({
    policy: () => ({
      undecided: 'deny',
      rules: [
        allow('plain.test', plain.port),
        allow('api.test', secured.port),
        allow('127.0.0.1', plain.port, secured.port),
      ],
    }),
    ask: async () => 'deny',
    onDecided: (decision) => told.push(decision),
    sourceOf: () => undefined,
    secrets: () => secrets,
    resolve: async () => ['127.0.0.1'],
    kindOf: (port) => (port === plain.port || port === 80 ? 'http' : 'tls'),
    upstreamCa: [authority.pem],
  })
  sandbox = await bubblewrapProvider({ hide: [folders.data] }).open({ ...folders.layer(), network: way })
  const [ca, bundle] = [join(sandbox.root, 'ca.pem'), join(sandbox.root, 'bundle.pem')]
  await sandbox.writeFile(ca, Buffer.from(way.caPem))
  await sandbox.writeFile(bundle, Buffer.from(await caBundle(way.caPem)))
  env = { ...caEnvironment({ ca, bundle }), API_KEY: secrets[0]!.standIn }
})
beforeEach(() => void told.splice(0))
afterAll(async () => {
  await sandbox?.close()
  way?.close()
  plain?.server.close()
  plain?.server.closeAllConnections()
  await secured?.[Symbol.asyncDispose]()
  vi.unstubAllEnvs()
  folders.remove()
})

async function run(line: Command['line']): Promise<string> {
  const { stdout, stderr } = await sandbox.exec({ line, tag, env, timeoutMs: 30_000 })
  return Buffer.concat([stdout.head, stderr.head]).toString()
}

test.each([
  ['curl', () => `curl -sS http://plain.test:${plain.port}/file`, 'fine'],
  ['curl through a tunnel', () => `curl -sS -p http://plain.test:${plain.port}/file`, 'fine'],
  ['curl by SOCKS5', () => `curl -sS --proxy "$ALL_PROXY" http://plain.test:${plain.port}/file`, 'fine'],
  ['git', () => `git ls-remote http://plain.test:${plain.port}/.git main`, 'refs/heads/main'],
  [
    'python',
    () => `python3 -c 'import urllib.request as r; print(r.urlopen("http://plain.test:${plain.port}/file").read())'`,
    'fine',
  ],
])('%s reaches an allowed host, and is told of with its command', async (_, line, expected) => {
  expect(await run(line())).toContain(expected)
  expect(told[0]).toMatchObject({ host: 'plain.test', verdict: 'allow', tag })
})

test('node’s fetch reaches an allowed host', async () => {
  const script = `fetch("http://plain.test:${plain.port}/file").then((r) => r.text()).then(console.log)`
  expect(await run([nodeInside(folders), '-e', script])).toContain('fine')
  expect(told[0]).toMatchObject({ host: 'plain.test', verdict: 'allow', tag })
})

test('programs show why they were refused', async () => {
  expect(await run('curl -sS http://evil.test/')).toContain('does not let programs reach evil.test, port 80')
  expect(await run('curl -sS https://evil.test/ 2>&1')).toContain('403')
  expect(await run('curl -sS --noproxy "*" http://evil.test/ 2>&1')).toContain('does not let programs reach evil.test')
  expect(await run('curl -sS --noproxy "*" https://evil.test/ 2>&1')).toMatch(/alert|denied/)
  expect(told.map(({ host, how, verdict, tag }) => [host, how, verdict, tag])).toEqual([
    ['evil.test', 'http', 'deny', tag],
    ['evil.test', 'connect', 'deny', tag],
    ['evil.test', 'captured', 'deny', tag],
    ['evil.test', 'captured', 'deny', tag],
  ])
})

test.each([
  ['curl', () => `curl -sS https://api.test:${secured.port}/ -H "Authorization: Bearer $API_KEY"`],
  ['curl with a password', () => `curl -sS https://api.test:${secured.port}/ -u "me:$API_KEY" -H "X-Key: $API_KEY"`],
  [
    'python',
    () =>
      `python3 -c 'import os, urllib.request as r; print(r.urlopen(r.Request("https://api.test:${secured.port}/", headers={"Authorization": "Bearer " + os.environ["API_KEY"]})).read().decode())'`,
  ],
])('%s uses a secret that it never sees', async (_, line) => {
  const shown = await run(line())
  expect(shown).toContain(secrets[0]!.standIn)
  expect(shown).not.toContain('the-real-value')
  const { authorization = '' } = secured.seen.at(-1)!.headers
  const sent = authorization.startsWith('Basic ')
    ? Buffer.from(authorization.slice(6), 'base64').toString()
    : authorization
  expect(sent).toContain('the-real-value')
})

test('ten megabytes come through unchanged', async () => {
  const bytes = Buffer.alloc(10 << 20, 'paddock')
  writeFileSync(join(folders.data, 'served', 'large'), bytes)
  expect(await run(`curl -sS http://plain.test:${plain.port}/large | wc -c`)).toContain(String(bytes.length))
})
