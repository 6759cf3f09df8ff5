import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect } from '#client/connect.ts'
import type { DaemonClient } from '#client/daemonClient.ts'
import { eventually } from '../support/eventually.ts'

const dist = new URL('../../dist/', import.meta.url)
const build: string = JSON.parse(readFileSync(new URL('build.json', dist), 'utf8')).build
const launch = { execPath: process.execPath, entry: new URL('daemon/main.mjs', dist).pathname }
const client = { name: 'test', version: build }
let dataFolder: string
let clients: DaemonClient[]
/** Of every daemon that answered. */
let pids: Set<number>

beforeEach(() => {
  dataFolder = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-connect-')))
  clients = []
  pids = new Set()
})
afterEach(async () => {
  if (clients.length > 0) {
    const fresh = await connect({ client, build, dataFolder }).catch(() => undefined)
    await fresh?.request('daemon/shutdown', { whenIdle: false })
  }
  // A daemon that is just going removes files of its own; what meets that stops half way, and says nothing.
  await eventually(() => [...pids].filter(alive)).toEqual([])
  rmSync(dataFolder, { recursive: true, force: true })
})

async function open(changes: { build?: string; entry?: string } = {}): Promise<DaemonClient> {
  const { build: as = build, entry = launch.entry } = changes
  const opened = await connect({ client, build: as, launch: { ...launch, entry }, dataFolder })
  clients.push(opened)
  pids.add(opened.pid)
  return opened
}

test('ten clients at once start one daemon and share it', async () => {
  const opened = await Promise.all(Array.from({ length: 10 }, () => open()))
  expect(new Set(opened.map(({ pid }) => pid)).size).toBe(1)
  // None was started only to find the database in use.
  const log = readFileSync(join(dataFolder, 'daemon.log'), 'utf8')
  expect(log.trimEnd().split('\n')).toHaveLength(1)
})

test('without a way to start one, a missing daemon is told', async () => {
  await expect(connect({ client, build, dataFolder })).rejects.toThrow(/No daemon is announced/)
})

test('what a dead daemon and a dead starter left behind does not stop a new one', async () => {
  mkdirSync(dataFolder, { recursive: true })
  const dead = { socket: join(dataFolder, 'daemon.sock'), token: 'x', pid: 999_999, build }
  writeFileSync(join(dataFolder, 'endpoint.json'), JSON.stringify(dead), { mode: 0o600 })
  writeFileSync(join(dataFolder, 'daemon.sock'), '')
  writeFileSync(join(dataFolder, 'start.lock'), '999999')
  expect((await open()).pid).toBeGreaterThan(0)
})

test('an endpoint file that others can read is not believed', async () => {
  writeFileSync(join(dataFolder, 'endpoint.json'), '{}', { mode: 0o644 })
  await expect(connect({ client, build, dataFolder })).rejects.toThrow(/readable by others/)
})

test('a program that is missing is told at once', async () => {
  await expect(open({ entry: join(dataFolder, 'nothing.mjs') })).rejects.toThrow(/program is missing: .*nothing\.mjs/)
})

test('a start that fails while the last daemon still holds the database is tried again', async () => {
  const entry = join(dataFolder, 'twice.mjs')
  const marks = join(dataFolder, 'starts')
  writeFileSync(
    entry,
    `import { appendFileSync, readFileSync } from 'node:fs'
    appendFileSync(${JSON.stringify(marks)}, 'x')
    if (readFileSync(${JSON.stringify(marks)}, 'utf8').length < 3) process.exit(1)
    await import(${JSON.stringify(launch.entry)})`,
  )
  expect((await open({ entry })).pid).toBeGreaterThan(0)
  expect(readFileSync(marks, 'utf8')).toBe('xxx')
})

test('connecting right after a stop gets a daemon, five times in a row', async () => {
  const pids = new Set<number>()
  let current = await open()
  for (let turn = 0; turn < 5; turn++) {
    pids.add(current.pid)
    await current.request('daemon/shutdown', { whenIdle: false })
    await current.closed
    current = await open()
  }
  expect((await current.request('daemon/status', {})).pid).toBe(current.pid)
  expect(pids.size).toBe(5)
})

test.skipIf(process.platform !== 'linux')(
  'a lock that cannot be made is told with the fix, not waited for',
  async () => {
    const opening = connect({ client, build, launch, dataFolder: '/sys' })
    await expect(opening).rejects.toThrow(/\/sys cannot be used \(E\w+: .*PADDOCK_HOME/)
    await expect(opening).rejects.toMatchObject({ name: 'NoDaemon', cause: { code: expect.stringMatching(/^E/) } })
  },
)

test.skipIf(process.platform !== 'linux')('a lock whose pid cannot be written is not left behind', async () => {
  const call = `import { connect } from '#client/connect.ts'
    const params = { client: ${JSON.stringify(client)}, build: 'x', launch: ${JSON.stringify(launch)} }
    await connect(params).catch((error) => console.log(error.name, error.message))`
  // No file may grow: what a full disk does, without one.
  const line = `trap '' XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1"`
  const { stdout } = await promisify(execFile)('sh', ['-c', line, process.execPath, call], {
    cwd: new URL('../..', import.meta.url),
    env: { ...process.env, PADDOCK_HOME: dataFolder },
  })
  expect(stdout).toMatch(/^NoDaemon The data folder .* cannot be used \(EFBIG/)
  expect(readdirSync(dataFolder)).toEqual([])
})

test('a newer version replaces an idle daemon, an older one leaves it alone', async () => {
  const first = await open()
  const older = await open({ build: '0.0.1+x' })
  expect(older.pid).toBe(first.pid)
  const newer = await open({ build: '99.0.0+x' })
  await first.closed
  expect(newer.pid).not.toBe(first.pid)
})

test('two builds of one version do not replace each other’s daemon in turn', async () => {
  const first = await open()
  const other = await open({ build: `${build.split('+')[0]}+other` })
  expect(other.pid).toBe(first.pid)
})

test('without connections it goes after its idle time', async () => {
  process.env['PADDOCK_IDLE_MINUTES'] = '0.002'
  try {
    const opened = await open()
    clients.pop()
    const { pid } = opened
    opened.close()
    await opened.closed
    await eventually(() => alive(pid)).toBe(false)
  } finally {
    delete process.env['PADDOCK_IDLE_MINUTES']
  }
})

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
