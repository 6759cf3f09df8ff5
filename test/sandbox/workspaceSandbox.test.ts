import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SandboxInfo, SandboxKind } from '#protocol/sandbox.ts'
import type { NetworkPort, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import type { WorkspaceSandbox } from '../../daemon/sandbox/workspaceSandbox.ts'
import type { WorkspaceSandboxes, WorkspaceSandboxesParams } from '../../daemon/sandbox/workspaceSandboxes.ts'
import { eventually } from '../support/eventually.ts'
import { type MemoryKind, memoryKind } from '../support/memoryKind.ts'
import { type Workspaces, workspaces } from '../support/workspaces.ts'

let kind: MemoryKind
let none: MemoryKind
let places: Workspaces
let folder: string
let sandboxes: WorkspaceSandboxes
let sandbox: WorkspaceSandbox
let busy: string[]

beforeEach(() => {
  kind = memoryKind('docker')
  none = memoryKind('none')
  places = workspaces(
    new Map<SandboxKind, SandboxProvider>([
      ['docker', kind],
      ['none', none],
    ]),
  )
  folder = places.folder('work')
  busy = []
  restart()
})
afterEach(() => places.remove())

/** As another daemon finds it. */
function restart(params: Partial<WorkspaceSandboxesParams> = {}): void {
  sandboxes = places.sandboxes({ busySessions: () => busy, ...params })
  sandbox = sandboxes.of(folder)
}

const layer = () => ({ layer: { type: 'overlay' as const, lower: folder, upper: '/nowhere', work: '/nowhere' } })
const open = (session = 's_1') => sandbox.open(session, layer())
const state = async () => (await sandbox.info({ withDisk: false })).state
const place = () => join(places.dataFolder, 'workspaces', readdirSync(join(places.dataFolder, 'workspaces'))[0]!)
const home = () => join(place(), 'home')
const file = () => join(place(), 'sandbox.json')
const packages = () => join(place(), 'docker', 'packages')
const refused = (type: string) => ({ data: expect.objectContaining({ type }) })

describe('a workspace’s sandbox', () => {
  test('is absent, is made once when it is first opened, and is the same after a restart', async () => {
    expect(await state()).toBe('absent')
    expect(sandboxes.list()).toEqual([])
    await open()
    const made = await sandbox.info({ withDisk: false })
    expect(made).toMatchObject({ state: 'ready', folder, open: [{ session: 's_1', kind: 'memory', ports: [] }] })
    expect(lstatSync(file()).mode & 0o777).toBe(0o600)
    const { params } = kind.opened[0]!
    expect(params).toMatchObject({ home: home(), store: join(place(), 'docker'), identity: join(place(), 'identity') })
    await open('s_2')
    restart()
    expect(await state()).toBe('ready')
    expect((await sandbox.info({ withDisk: false })).createdAt).toBe(made.createdAt)
    expect(sandboxes.list().map((known) => known.folder)).toEqual([folder])
  })

  test('a home begins with what agents expect, once, and what is there is never replaced', async () => {
    await open()
    const first = kind.opened[0]!.sandbox
    expect(first.text('/home/agent/.profile')).toContain('.local/bin')
    expect(first.text('/home/agent/.npmrc')).toContain('/.local')
    expect(first.text('/home/agent/.config/pip/pip.conf')).toContain('break-system-packages')
    await open('s_2')
    expect(kind.opened[1]!.sandbox.text('/home/agent/.profile')).toBeUndefined()
  })

  test('says inside which workspace it is, and nothing secret', async () => {
    await open()
    const identity = JSON.parse(readFileSync(join(place(), 'identity', 'workspace.json'), 'utf8'))
    expect(identity).toEqual({ folder, kind: 'docker', createdAt: expect.any(Number), version: 'test' })
    expect(readFileSync(join(place(), 'identity', 'README'), 'utf8')).toContain('sandbox of Paddock')
  })

  test('two that open at once make it once', async () => {
    await Promise.all([open('a'), open('b'), open('c')])
    expect((await sandbox.info({ withDisk: false })).open.map(({ session }) => session).toSorted()).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  test('is found by any path of its folder, and also when the folder is gone', async () => {
    const link = join(places.top, 'link')
    symlinkSync(folder, link)
    expect(await sandboxes.at(link)).toBe(sandbox)
    await expect(sandboxes.at('/nowhere/at/all')).rejects.toMatchObject(refused('folderNotUsable'))
    await expect(sandboxes.at('work')).rejects.toMatchObject(refused('folderNotUsable'))
  })

  test('what cannot be read is told with the fix, never taken for nothing, and mended by the user', async () => {
    await open()
    await sandbox.configure({ allowNone: true })
    const good = readFileSync(file(), 'utf8')
    for (const bad of ['', '{', '[]', '{"version":1}', good.replace('"ready"', '"nonsense"')]) {
      writeFileSync(file(), bad)
      restart()
      expect(await sandbox.info({ withDisk: false })).toMatchObject({
        state: 'failed',
        why: expect.stringContaining(file()),
        fix: expect.stringContaining('Mend'),
      })
      await expect(open()).rejects.toMatchObject(refused('sandboxUnavailable'))
      await expect(sandbox.configure({ allowNone: false })).rejects.toMatchObject(refused('storeUnavailable'))
      await expect(sandbox.snapshot('x')).rejects.toMatchObject(refused('sandboxUnavailable'))
      expect(readFileSync(file(), 'utf8')).toBe(bad)
      expect(sandboxes.list()).toHaveLength(1)
    }
    writeFileSync(file(), good.replace('"version": 1', '"version": 2'))
    restart()
    expect(await sandbox.info({ withDisk: false })).toMatchObject({ state: 'failed', fix: 'Update Paddock.' })
    writeFileSync(file(), good)
    await sandbox.resume()
    expect(await state()).toBe('ready')
    expect(sandbox.settings.allowNone).toBe(true)
  })

  test('a reset of one that cannot be read says so first, and lays the file aside', async () => {
    await open()
    writeFileSync(file(), '{')
    restart()
    expect((await sandbox.loss('reset')).join(' ')).toContain('cannot be read')
    await sandbox.reset()
    expect(await state()).toBe('absent')
    expect(readFileSync(`${file()}.damaged`, 'utf8')).toBe('{')
    await open()
    expect(await state()).toBe('ready')
  })
})

describe('kinds', () => {
  test('nothing runs without a sandbox unless it is allowed, whatever a session asks', async () => {
    const without = () => sandbox.open('s', { ...layer(), kind: 'none' })
    await expect(without()).rejects.toMatchObject(refused('sandboxUnavailable'))
    await sandbox.configure({ allowNone: true })
    await without()
    expect(none.opened).toHaveLength(1)
    expect(kind.opened).toHaveLength(0)
  })

  test('who manages the machine forbids it over everything that was set', async () => {
    await sandbox.configure({ allowNone: true })
    restart({ noneForbidden: 'The company forbids it.' })
    expect(sandbox.settings.allowNone).toBe(false)
    const without = sandbox.open('s', { ...layer(), kind: 'none' })
    await expect(without).rejects.toMatchObject({
      data: { type: 'sandboxUnavailable', why: 'The company forbids it.' },
    })
    await expect(sandbox.configure({ allowNone: true })).rejects.toMatchObject(refused('settingRefused'))
    expect(none.opened).toHaveLength(0)
  })

  test('one that this machine has not is refused, and nothing falls back', async () => {
    await expect(sandbox.configure({ kind: 'gvisor' })).rejects.toMatchObject(refused('settingRefused'))
    const other = sandbox.open('s', { ...layer(), kind: 'gvisor' })
    await expect(other).rejects.toMatchObject({ data: { type: 'sandboxUnavailable', kind: 'gvisor' } })
    expect(await sandbox.probe('gvisor')).toMatchObject({ type: 'unavailable', kind: 'gvisor' })
    expect(kind.opened).toHaveLength(0)
  })

  test('a layer that it cannot mount is refused', async () => {
    const copy = { layer: { type: 'copy' as const, lower: folder, copy: '/nowhere' } }
    await expect(sandbox.open('s', copy)).rejects.toMatchObject(refused('sandboxUnavailable'))
  })
})

describe('settings', () => {
  test('hold at once, survive a restart, and reach the sandbox that is opened next', async () => {
    await sandbox.configure({ limits: { memoryMiB: 512 }, image: 'debian:13' })
    await sandbox.configure({ network: { undecided: 'ask', rules: [{ verdict: 'allow', host: 'example.com' }] } })
    expect(sandbox.policy.rules).toEqual([{ verdict: 'allow', host: 'example.com' }])
    restart()
    expect(sandbox.policy.rules).toEqual([{ verdict: 'allow', host: 'example.com' }])
    await open()
    expect(kind.opened[0]!.params).toMatchObject({ limits: { memoryMiB: 512 }, image: 'debian:13' })
    await sandbox.configure({ image: '' })
    expect(sandbox.settings.image).toBeUndefined()
    await expect(
      sandbox.configure({
        secrets: [
          { name: 'A', from: 'env:A', use: { type: 'file' } },
          { name: 'A', from: 'env:B', use: { type: 'file' } },
        ],
      }),
    ).rejects.toMatchObject(refused('settingRefused'))
  })

  test('those that could not be written down do not hold', async () => {
    await open()
    await sandbox.settled()
    // The record's own name is taken by a folder: no rename can replace it.
    const saved = readFileSync(file(), 'utf8')
    rmSync(file())
    mkdirSync(file())
    await expect(sandbox.configure({ allowNone: true })).rejects.toMatchObject(refused('storeUnavailable'))
    expect(sandbox.settings.allowNone).toBe(false)
    rmSync(file(), { recursive: true })
    writeFileSync(file(), saved)
    expect(readdirSync(place()).filter((name) => name.startsWith('sandbox.json.'))).toEqual([])
  })

  test('listeners hear of changes, bounded in number', async () => {
    const heard: SandboxInfo[] = []
    sandboxes.listen((info) => heard.push(info))
    for (let i = 0; i < 50; i++) await sandbox.configure({ limits: { processes: 100 + i } })
    await eventually(() => heard.at(-1)?.settings.limits.processes).toBe(149)
    expect(heard.length).toBeLessThan(50)
  })
})

describe('secrets', () => {
  const secrets = [{ name: 'TOKEN', from: 'env:T', use: { type: 'file' as const } }]

  test('are files that only their owner reads, resolved at every opening, and never in the record', async () => {
    let value = 'first-value'
    restart({ resolveSecret: async () => ({ type: 'value', value: Buffer.from(value) }) })
    await sandbox.configure({ secrets })
    await open()
    value = 'second-value'
    await open('s_2')
    const [first, second] = kind.opened.map(({ sandbox: inside }) => inside)
    expect(first!.text('/run/secrets/TOKEN')).toBe('first-value')
    expect(second!.text('/run/secrets/TOKEN')).toBe('second-value')
    expect(second!.mode('/run/secrets/TOKEN')).toBe(0o400)
    expect(second!.mode('/run/secrets')).toBe(0o700)
    await sandbox.settled()
    expect(readFileSync(file(), 'utf8')).not.toContain('-value')
  })

  test('those bound to a host stay outside: inside are stand-ins, and what they need', async () => {
    const network: NetworkPort = { connection: (_, stream) => void stream.destroy(), resolves: () => false }
    const bound: string[][] = []
    restart({
      resolveSecret: async () => ({ type: 'value', value: Buffer.from('the-value') }),
      bindSecrets: async (port, given) => {
        expect(port).toBe(network)
        bound.push(given.map(({ name, value }) => `${name}=${Buffer.from(value)}`))
        return given.length === 0
          ? { variables: {}, files: new Map() }
          : { variables: { TOKEN: 'stand-in' }, files: new Map([['/run/paddock/ca.pem', Buffer.from('ca')]]) }
      },
    })
    await sandbox.configure({ secrets: [{ name: 'TOKEN', from: 'env:T', use: { type: 'host', host: 'example.com' } }] })
    const inside = await sandbox.open('s_1', { ...layer(), network })
    const raw = kind.opened[0]!.sandbox
    expect(raw.text('/run/paddock/ca.pem')).toBe('ca')
    expect(raw.text('/run/secrets/TOKEN')).toBeUndefined()
    await inside.exec({ line: 'true', env: { OWN: '1' } })
    expect(raw.commands[0]!.env).toEqual({ TOKEN: 'stand-in', OWN: '1' })
    await sandbox.configure({ secrets: [] })
    await sandbox.open('s_2', { ...layer(), network })
    expect(bound).toEqual([['TOKEN=the-value'], []])
  })

  test('one that cannot be bound refuses the opening', async () => {
    const network: NetworkPort = { connection: (_, stream) => void stream.destroy(), resolves: () => false }
    restart({
      resolveSecret: async () => ({ type: 'value', value: Buffer.from('x') }),
      bindSecrets: async () => ({ type: 'unusable', why: 'TOKEN is shorter than 8 characters' }),
    })
    await sandbox.configure({ secrets: [{ name: 'TOKEN', from: 'env:T', use: { type: 'host', host: 'example.com' } }] })
    const opening = sandbox.open('s_1', { ...layer(), network })
    await expect(opening).rejects.toMatchObject({ data: { why: expect.stringContaining('shorter than 8') } })
    expect(kind.opened).toHaveLength(0)
  })

  test('one without a value refuses the opening, with what, where and how', async () => {
    restart({ resolveSecret: async () => ({ type: 'missing', why: 'T is not set.', fix: 'Set T.' }) })
    await sandbox.configure({ secrets })
    await expect(open()).rejects.toMatchObject({
      data: { type: 'sandboxUnavailable', why: 'The secret TOKEN has no value: T is not set.', fix: 'Set T.' },
    })
    expect(kind.opened).toHaveLength(0)
  })
})

describe('suspend and resume', () => {
  test('hold what is inside still, and whoever works in it makes it go on', async () => {
    const inside = await open()
    await sandbox.suspend()
    const raw = kind.opened[0]!.sandbox
    expect([await state(), raw.frozen]).toEqual(['suspended', true])
    await expect(inside.connect(80)).rejects.toThrow('suspended')
    expect(raw.frozen).toBe(true)
    expect((await inside.exec({ line: 'true' })).end).toEqual({ type: 'exited', code: 0 })
    expect([await state(), raw.frozen]).toEqual(['ready', false])
    await sandbox.suspend()
    await inside.awake?.()
    expect([await state(), raw.frozen]).toEqual(['ready', false])
  })

  test('outlast a restart, and opening resumes', async () => {
    await open()
    await sandbox.suspend()
    restart()
    expect(await state()).toBe('suspended')
    await open()
    expect(await state()).toBe('ready')
  })

  test('what cannot be held is closed', async () => {
    await open()
    const raw = kind.opened[0]!.sandbox
    raw.freeze = () => Promise.reject(new Error('no such thing'))
    await sandbox.suspend()
    await raw.closed
    expect((await sandbox.info({ withDisk: false })).open).toEqual([])
  })

  test('are refused while a task runs, with its session', async () => {
    await open()
    busy = ['s_1']
    const calls = [
      () => sandbox.suspend(),
      () => sandbox.snapshot('x'),
      () => sandbox.restore('x'),
      () => sandbox.reset(),
      () => sandbox.dispose(),
    ]
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ data: { type: 'sessionBusy', session: 's_1' } })
    }
    expect(await state()).toBe('ready')
  })
})

describe('quarantine', () => {
  test('ends everything at once, lets nothing start, and outlasts a restart', async () => {
    await open()
    await sandbox.quarantine('It did odd things.')
    await kind.opened[0]!.sandbox.closed
    restart()
    expect(await sandbox.info({ withDisk: false })).toMatchObject({ state: 'quarantined', why: 'It did odd things.' })
    await expect(open()).rejects.toMatchObject(refused('sandboxUnavailable'))
    await expect(sandbox.ensure()).rejects.toMatchObject(refused('sandboxUnavailable'))
    await sandbox.resume()
    await open()
  })

  test.each(['docker', 'none'] as const)(
    'does not wait for what is opening (%s), which is then closed',
    async (name) => {
      await sandbox.configure({ allowNone: true })
      const { promise, resolve } = Promise.withResolvers<void>()
      const opened = name === 'none' ? none : kind
      opened.hold = promise
      const opening = sandbox.open('s', { ...layer(), kind: name })
      await eventually(async () => (await sandbox.info({ withDisk: false })).state).toBe('ready')
      await sandbox.quarantine('Stop.')
      resolve()
      await expect(opening).rejects.toMatchObject(refused('sandboxUnavailable'))
      await opened.opened[0]!.sandbox.closed
      expect(await state()).toBe('quarantined')
    },
  )

  test('is not undone by a suspension under way', async () => {
    await open()
    const { promise, resolve } = Promise.withResolvers<void>()
    const raw = kind.opened[0]!.sandbox
    raw.freeze = () => promise
    const suspending = sandbox.suspend()
    await sandbox.quarantine('Stop.')
    resolve()
    await suspending
    expect(await state()).toBe('quarantined')
  })
})

describe('snapshots', () => {
  const write = (text: string) => {
    writeFileSync(join(home(), 'file'), text)
    writeFileSync(packages(), text)
  }
  const read = () => [readFileSync(join(home(), 'file'), 'utf8'), readFileSync(packages(), 'utf8')]

  test('bring home and packages back, again and again, and are gone when they are deleted', async () => {
    const inside = await open()
    write('one')
    const snapshot = await sandbox.snapshot('first')
    expect(snapshot).toMatchObject({ name: 'first', kind: 'docker' })
    expect(kind.opened[0]!.sandbox.frozen).toBe(false)
    await expect(sandbox.snapshot('first')).rejects.toMatchObject(refused('snapshotExists'))
    write('two')
    restart()
    await sandbox.restore('first')
    expect(read()).toEqual(['one', 'one'])
    write('three')
    await sandbox.restore('first')
    expect(read()).toEqual(['one', 'one'])
    expect((await sandbox.info({ withDisk: true })).disk).toMatchObject({ snapshots: snapshot.bytes })
    await sandbox.deleteSnapshot('first')
    await expect(sandbox.restore('first')).rejects.toMatchObject(refused('snapshotNotFound'))
    await sandbox.settled()
    expect(readdirSync(join(place(), 'snapshots'))).toEqual([])
    await inside.close()
  })

  test('a restore closes what is open: it would go on with the old home', async () => {
    await open()
    write('one')
    await sandbox.snapshot('first')
    await sandbox.restore('first')
    await kind.opened[0]!.sandbox.closed
  })

  test('what runs inside stands still meanwhile; who works in it waits', async () => {
    const inside = await open()
    write('one')
    const { promise, resolve } = Promise.withResolvers<void>()
    const { snapshot } = kind.environment
    let frozen = false
    Object.assign(kind.environment, {
      snapshot: async (store: string, to: string) => {
        frozen = kind.opened[0]!.sandbox.frozen
        await promise
        await snapshot(store, to)
      },
    })
    const taking = sandbox.snapshot('first')
    await eventually(() => frozen).toBe(true)
    const working = inside.exec({ line: 'true' })
    resolve()
    await taking
    expect((await working).end).toEqual({ type: 'exited', code: 0 })
  })

  test('one that would take more than the limit is refused, in figures', async () => {
    await open()
    writeFileSync(join(home(), 'big'), Buffer.alloc(3 << 20, 1))
    restart({ retention: { unusedDays: 90, diskMiB: 5 } })
    await expect(sandbox.snapshot('first')).rejects.toMatchObject({
      data: { type: 'diskLimitReached', limit: 5 << 20 },
    })
    await sandbox.settled()
    expect(existsSync(join(place(), 'snapshots'))).toBe(false)
  })

  test('while one is put in place, nobody takes it for broken off', async () => {
    await open()
    write('one')
    await sandbox.snapshot('first')
    const { promise, resolve } = Promise.withResolvers<void>()
    const { restore } = kind.environment
    let begun = false
    Object.assign(kind.environment, {
      restore: async (store: string, from: string) => {
        begun = true
        await promise
        await restore(store, from)
      },
    })
    const restoring = sandbox.restore('first')
    await eventually(() => begun).toBe(true)
    expect(await state()).toBe('ready')
    resolve()
    await restoring
    expect(await state()).toBe('ready')
  })

  test('packages that cannot be restored leave everything as it was', async () => {
    await open()
    write('one')
    await sandbox.snapshot('first')
    write('two')
    kind.failRestore = true
    await expect(sandbox.restore('first')).rejects.toMatchObject(refused('sandboxUnavailable'))
    expect(read()).toEqual(['two', 'two'])
    expect(await state()).toBe('ready')
  })

  test('a restore that was broken off between packages and home is told, and mended by another', async () => {
    await open()
    write('one')
    await sandbox.snapshot('first')
    const record = JSON.parse(readFileSync(file(), 'utf8'))
    writeFileSync(file(), JSON.stringify({ ...record, restoring: 'first' }))
    restart()
    expect(await sandbox.info({ withDisk: false })).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('first'),
    })
    await expect(open()).rejects.toMatchObject(refused('sandboxUnavailable'))
    await sandbox.restore('first')
    expect(await state()).toBe('ready')
    await open()
  })

  test('leftovers of a daemon that was killed are gone, and the home is there', async () => {
    await open()
    write('one')
    await sandbox.snapshot('first')
    mkdirSync(join(place(), 'snapshots', 'feedfeedfeedfeed', 'home'), { recursive: true })
    mkdirSync(join(place(), 'home.new'))
    renameSync(home(), `${home()}.old`)
    restart()
    expect(read()).toEqual(['one', 'one'])
    await sandbox.settled()
    expect(readdirSync(join(place(), 'snapshots'))).toHaveLength(1)
    expect(readdirSync(place()).toSorted()).toEqual(['docker', 'home', 'identity', 'sandbox.json', 'snapshots'])
  })

  test('links and special files in a home are copied as what they are', async () => {
    await open()
    symlinkSync('/etc/passwd', join(home(), 'link'))
    symlinkSync('/', join(home(), 'root'))
    execFileSync('mkfifo', [join(home(), 'pipe')])
    write('one')
    await sandbox.snapshot('first')
    await sandbox.restore('first')
    expect(lstatSync(join(home(), 'link')).isSymbolicLink()).toBe(true)
    expect(lstatSync(join(home(), 'root')).isSymbolicLink()).toBe(true)
    expect(lstatSync(join(home(), 'pipe')).isFIFO()).toBe(true)
    expect(existsSync('/etc/passwd')).toBe(true)
  })
})

describe('fork', () => {
  test('gives another workspace the environment, and none of what was granted to this one', async () => {
    await open()
    writeFileSync(join(home(), 'file'), 'one')
    writeFileSync(packages(), 'one')
    await sandbox.snapshot('first')
    writeFileSync(join(home(), 'file'), 'two')
    await sandbox.configure({ limits: { processes: 64 } })
    await sandbox.configure({ network: { undecided: 'ask', rules: [{ verdict: 'allow', host: 'example.com' }] } })
    const [now, then] = [sandboxes.of(places.folder('now')), sandboxes.of(places.folder('then'))]
    await sandbox.fork(now)
    await sandbox.fork(then, 'first')
    const homeOf = async (fork: WorkspaceSandbox) => {
      await fork.open('s_f', { layer: { ...layer().layer, lower: fork.folder } })
      return readFileSync(join(kind.opened.at(-1)!.params.home, 'file'), 'utf8')
    }
    expect([await homeOf(now), await homeOf(then)]).toEqual(['two', 'one'])
    expect(now.settings).toMatchObject({ kind: 'docker', limits: { processes: 64 }, network: { rules: [] } })
    await expect(sandbox.fork(now)).rejects.toMatchObject(refused('sandboxExists'))
    await expect(sandbox.fork(sandbox)).rejects.toMatchObject(refused('sandboxExists'))
    await Promise.allSettled([now.fork(then), then.fork(now)])
  })

  test('a workspace without one has nothing to give', async () => {
    const other = sandboxes.of(places.folder('other'))
    await expect(sandbox.fork(other)).rejects.toMatchObject(refused('sandboxUnavailable'))
    expect(other.exists).toBe(false)
  })
})

describe('reset and dispose', () => {
  test('a reset says what goes, takes home and packages, keeps settings and snapshots', async () => {
    await open()
    writeFileSync(join(home(), 'file'), 'one')
    writeFileSync(packages(), 'one')
    await sandbox.configure({ allowNone: true })
    await sandbox.snapshot('first')
    const loss = (await sandbox.loss('reset')).join(' ')
    for (const words of ['home directory', 'system packages', '1 open sandbox', '1 snapshot stays', 'not touched']) {
      expect(loss).toContain(words)
    }
    expect(await state()).toBe('ready')
    await sandbox.reset()
    await kind.opened[0]!.sandbox.closed
    expect(await sandbox.info({ withDisk: false })).toMatchObject({
      state: 'absent',
      settings: { allowNone: true },
      snapshots: [{ name: 'first' }],
    })
    await open()
    expect(readdirSync(home())).toEqual([])
    expect(kind.opened[1]!.sandbox.text('/home/agent/.profile')).toBeDefined()
    await sandbox.restore('first')
    expect(readFileSync(join(home(), 'file'), 'utf8')).toBe('one')
  })

  test('a disposal takes all of it', async () => {
    await open()
    await sandbox.snapshot('first')
    await sandbox.configure({ allowNone: true })
    const loss = (await sandbox.loss('dispose')).join(' ')
    for (const words of ['1 snapshot goes: “first”', 'settings go']) expect(loss).toContain(words)
    await sandbox.dispose()
    await sandbox.settled()
    expect(readdirSync(join(places.dataFolder, 'workspaces'))).toEqual([])
    expect(sandboxes.list()).toEqual([])
    expect(await sandbox.info({ withDisk: false })).toMatchObject({ state: 'absent', settings: { allowNone: false } })
    await sandbox.dispose()
    await open()
    expect(await state()).toBe('ready')
  })

  test('one that comes while it opens waits, and what was opening is closed', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    kind.hold = promise
    const opening = open()
    await eventually(async () => (await sandbox.info({ withDisk: false })).state).toBe('ready')
    const disposing = sandbox.dispose()
    resolve()
    await expect(opening).rejects.toMatchObject(refused('sandboxUnavailable'))
    await disposing
    await kind.opened[0]!.sandbox.closed
    expect(await state()).toBe('absent')
  })

  test('a home that its owner may not enter goes too', async () => {
    await open()
    mkdirSync(join(home(), 'closed', 'deeper'), { recursive: true })
    chmodSync(join(home(), 'closed'), 0)
    await sandbox.dispose()
    await sandbox.settled()
    expect(readdirSync(join(places.dataFolder, 'workspaces'))).toEqual([])
  })
})

describe('retention', () => {
  test('one that nobody used for long is told of, and nothing is deleted', async () => {
    await open()
    await sandbox.settled()
    expect((await sandbox.info({ withDisk: false })).unusedDays).toBeUndefined()
    const record = JSON.parse(readFileSync(file(), 'utf8'))
    writeFileSync(file(), JSON.stringify({ ...record, usedAt: Date.now() - 100.5 * 24 * 3600_000 }))
    restart()
    expect(await sandbox.info({ withDisk: false })).toMatchObject({ state: 'ready', unusedDays: 100 })
  })
})
