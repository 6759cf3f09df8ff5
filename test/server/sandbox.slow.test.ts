import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createConnection } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import type { SandboxInfo } from '#protocol/sandbox.ts'
import { useScript } from '../support/conversation.ts'
import { eventually } from '../support/eventually.ts'
import { startProgram } from '../support/programs.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
let client: DaemonClient
let folder: string
beforeEach(async () => {
  daemon = testDaemon()
  folder = daemon.folder
  client = await daemon.connect()
})
afterEach(() => daemon.dispose())

async function newSession(where = folder): Promise<string> {
  return (await client.request('session/create', { folder: where })).session.id
}

/** What a command in this session's sandbox says; it must succeed. */
async function run(session: string, command: string): Promise<string> {
  const program = await startProgram(client, { session, command })
  const end = await program.ended
  expect(end, program.stderr()).toEqual({ type: 'exited', code: 0 })
  return program.stdout().trim()
}

const inspect = async (where = folder): Promise<SandboxInfo> =>
  (await client.request('sandbox/inspect', { folder: where })).sandbox
const workspaces = () => join(daemon.dataFolder, 'workspaces')
const place = () => join(workspaces(), readdirSync(workspaces())[0]!)

/** Installs a program for the user alone, as language package managers do. */
const install = (word: string) =>
  `mkdir -p ~/.local/bin && printf '#!/bin/sh\\necho ${word}\\n' > ~/.local/bin/tool && chmod +x ~/.local/bin/tool`

describe('what is installed', () => {
  test('stays across sessions, kill -9 of the daemon, suspension, snapshot, restore and fork', async () => {
    const first = await newSession()
    await run(first, install('one'))
    expect(await run(await newSession(), 'tool')).toBe('one')
    const { snapshot } = await client.request('sandbox/snapshot', { folder, name: 'with one' })
    expect(snapshot).toMatchObject({ name: 'with one', kind: 'bubblewrap' })
    await run(first, install('two'))
    await daemon.kill()
    client = await daemon.connect()
    expect(await run(first, 'tool')).toBe('two')
    expect((await client.request('sandbox/suspend', { folder })).sandbox.state).toBe('suspended')
    expect(await run(first, 'tool')).toBe('two')
    expect((await inspect()).state).toBe('ready')
    await client.request('sandbox/restore', { folder, name: 'with one' })
    expect(await run(first, 'tool')).toBe('one')
    const into = join(folder, '..', 'fork')
    mkdirSync(into)
    const forked = await client.request('sandbox/fork', { folder, into })
    expect(forked.sandbox).toMatchObject({ folder: into, state: 'ready' })
    expect(await run(await newSession(into), 'tool')).toBe('one')
    const { sandboxes } = await client.request('sandbox/list', {})
    expect(sandboxes.map((known) => known.folder).toSorted()).toEqual([folder, into].toSorted())
  })

  test('and what runs in the background stands still while it is suspended, and goes on', async () => {
    const session = await newSession()
    const program = await startProgram(client, {
      session,
      command: 'word=kept; echo up; read line; echo "$line $word"',
    })
    await program.says('up')
    await client.request('sandbox/suspend', { folder })
    const suspended = await inspect()
    expect(suspended).toMatchObject({ state: 'suspended', open: [{ session, ports: [] }] })
    await program.write('hello\n')
    expect(program.stdout()).toBe('up\n')
    await client.request('sandbox/resume', { folder })
    expect(await program.ended).toEqual({ type: 'exited', code: 0 })
    expect(program.stdout()).toBe('up\nhello kept\n')
  })

  test('by npm and pip lands in the home', async () => {
    const session = await newSession()
    expect(await run(session, 'npm prefix -g 2>/dev/null || grep ^prefix ~/.npmrc')).toContain('.local')
    expect(await run(session, 'cat ~/.config/pip/pip.conf')).toContain('break-system-packages = true')
    expect(await run(session, 'bash -lc "command -v bash && echo $HOME"')).toContain(await run(session, 'echo $HOME'))
  })

  test('is gone after a reset that was confirmed, and settings stay', async () => {
    const session = await newSession()
    await run(session, install('one'))
    await client.request('sandbox/configure', { folder, settings: { limits: { openFiles: 512 } } })
    const asked = await client.request('sandbox/reset', { folder, confirm: false })
    expect(asked).toMatchObject({ done: false, loss: expect.arrayContaining([expect.stringContaining('home')]) })
    expect(await run(session, 'tool')).toBe('one')
    expect(await client.request('sandbox/reset', { folder, confirm: true })).toMatchObject({ done: true })
    expect(await inspect()).toMatchObject({ state: 'absent', settings: { limits: { openFiles: 512 } } })
    expect(await run(session, 'command -v tool || echo none; ulimit -n')).toBe('none\n512')
    await client.request('sandbox/dispose', { folder, confirm: true })
    expect(await inspect()).toMatchObject({ state: 'absent' })
    expect((await client.request('sandbox/list', {})).sandboxes).toEqual([])
  })
})

describe('sandbox/inspect', () => {
  test('tells what is open, its ports and the disk that it takes', async () => {
    const session = await newSession()
    const program = await startProgram(client, { session, command: server(8123) })
    await program.says('listens')
    await run(session, 'head -c 3000000 /dev/urandom > ~/big')
    const info = await inspect()
    expect(info).toMatchObject({
      state: 'ready',
      settings: { kind: 'bubblewrap', allowNone: false, network: { undecided: 'ask', rules: [] } },
      open: [{ session, kind: 'bubblewrap', ports: [{ port: 8123 }] }],
    })
    expect(info.disk!.home).toBeGreaterThanOrEqual(3_000_000)
    expect(info.disk!.home).toBeLessThan(5_000_000)
  })

  test('a folder that is none is refused', async () => {
    const refusal = client.request('sandbox/inspect', { folder: '/nowhere/at/all' })
    await expect(refusal).rejects.toMatchObject({ data: { type: 'folderNotUsable' } })
  })
})

describe('sandbox/changed', () => {
  test('goes to every client', async () => {
    const other = await daemon.connect('other window')
    const heard: SandboxInfo[] = []
    other.on('sandbox/changed', ({ sandbox }) => heard.push(sandbox))
    await client.request('sandbox/open', { folder })
    await eventually(() => heard.at(-1)?.state).toBe('ready')
    await client.request('sandbox/quarantine', { folder, why: 'It did odd things.' })
    await eventually(() => heard.at(-1)).toMatchObject({ state: 'quarantined', why: 'It did odd things.' })
    other.close()
  })
})

describe('a task that runs', () => {
  test('is not suspended, copied or reset under its feet; quarantine ends it with the reason', async () => {
    const provider = await useScript(client, () => ({
      type: 'reply',
      calls: [{ tool: 'exec', arguments: { command: 'sleep 1000' } }],
    }))
    const session = await newSession()
    const { task } = await client.request('task/submit', { session, prompt: 'sleep' })
    await eventually(async () => (await inspect()).open.length).toBe(1)
    for (const refusal of [
      client.request('sandbox/suspend', { folder }),
      client.request('sandbox/snapshot', { folder, name: 'x' }),
      client.request('sandbox/reset', { folder, confirm: true }),
    ]) {
      await expect(refusal).rejects.toMatchObject({ data: { type: 'sessionBusy', session } })
    }
    await client.request('sandbox/quarantine', { folder, why: 'Enough.' })
    await eventually(async () => (await client.request('session/subscribe', { session })).state.tasks[0]?.state).toBe(
      'failed',
    )
    await expect(client.request('process/start', { session, command: 'true' })).rejects.toMatchObject({
      data: { type: 'sandboxUnavailable', why: expect.stringContaining('Enough.') },
    })
    await client.request('sandbox/resume', { folder })
    expect(await run(session, 'echo back')).toBe('back')
    await client.request('task/cancel', { session, task })
    await provider.close()
  })
})

describe('identity', () => {
  test('is read at /.paddock and cannot be changed from inside', async () => {
    const session = await newSession()
    expect(JSON.parse(await run(session, 'cat /.paddock/workspace.json'))).toMatchObject({ folder, kind: 'bubblewrap' })
    expect(await run(session, '(echo x > /.paddock/new) 2>/dev/null || echo refused')).toBe('refused')
    expect(await run(session, '(rm -f /.paddock/README) 2>/dev/null || echo refused')).toBe('refused')
  })
})

describe('network rules', () => {
  test('hold at once for a sandbox that is open', async () => {
    const server = createServer((_, response) => response.end('hello from outside')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const session = await newSession()
    const get = () => run(session, `curl -s --noproxy '' -m 20 http://127.0.0.1:${port}/ || true`)
    try {
      expect(await get()).not.toContain('hello')
      const rules = [{ verdict: 'allow' as const, host: '127.0.0.1', ports: [port] }]
      await client.request('sandbox/configure', { folder, settings: { network: { undecided: 'deny', rules } } })
      expect(await get()).toBe('hello from outside')
      await client.request('sandbox/configure', { folder, settings: { network: { undecided: 'deny', rules: [] } } })
      expect(await get()).not.toContain('hello')
    } finally {
      server.close()
    }
  })
})

describe('secrets', () => {
  test('are files only their owner reads, or stand-ins; no value is in the daemon’s data', async () => {
    const file = join(daemon.dataFolder, '..', 'token')
    writeFileSync(file, 'very-secret-value', { mode: 0o600 })
    const from = `file:${file}`
    const secrets = [
      { name: 'AS_FILE', from, use: { type: 'file' as const } },
      { name: 'AT_HOST', from, use: { type: 'host' as const, host: 'api.example.com' } },
    ]
    await client.request('sandbox/configure', { folder, settings: { secrets } })
    const session = await newSession()
    expect(await run(session, 'cat /run/secrets/AS_FILE; stat -c " %a" /run/secrets/AS_FILE /run/secrets')).toBe(
      'very-secret-value 400\n 700',
    )
    expect(await run(session, 'echo "$AT_HOST"')).toMatch(/^paddock-secret-AT_HOST-[0-9a-f]{32}$/)
    expect(await run(session, 'grep -c BEGIN "$NODE_EXTRA_CA_CERTS"')).toBe('1')
    expect(await run(session, 'env | grep -c very-secret || true')).toBe('0')
    expect(spawnSync('grep', ['-rq', 'very-secret-value', daemon.dataFolder]).status, 'grep finds nothing').toBe(1)
    execFileSync('rm', [file])
    const other = await newSession()
    await expect(client.request('process/start', { session: other, command: 'true' })).rejects.toMatchObject({
      data: { type: 'sandboxUnavailable', why: expect.stringContaining('AS_FILE') },
    })
  })
})

describe('sandbox/forwardPort', () => {
  test('leads to the port inside, both ways, until the connection that asked ends', async () => {
    const session = await newSession()
    const other = await daemon.connect('other')
    const { port } = await other.request('sandbox/forwardPort', { session, port: 8123 })
    // Nobody listens yet.
    expect(await text(createConnection(port, '127.0.0.1').on('error', () => {}))).toBe('')
    const program = await startProgram(client, { session, command: server(8123) })
    await program.says('listens')
    expect((await other.request('sandbox/forwardPort', { session, port: 8123 })).port).toBe(port)
    const sent = 'x'.repeat(300_000)
    const socket = createConnection(port, '127.0.0.1')
    socket.end(sent)
    expect(await text(socket)).toBe(`got ${sent.length}`)
    other.close()
    await eventually(() => connects(port)).toBe(false)
  })

  test('ends with the sandbox', async () => {
    const session = await newSession()
    const { port } = await client.request('sandbox/forwardPort', { session, port: 8123 })
    expect(await connects(port)).toBe(true)
    await client.request('sandbox/quarantine', { folder, why: 'Enough.' })
    await eventually(() => connects(port)).toBe(false)
  })
})

describe('a home of the agent’s making', () => {
  test('with links out of it is copied without following them', async () => {
    const secret = join(daemon.dataFolder, '..', 'secret')
    writeFileSync(secret, 'secret words')
    const session = await newSession()
    await run(session, 'true')
    await run(session, `ln -s ${secret} ~/file; ln -s / ~/root; ln -s ${place()} ~/data`)
    await client.request('sandbox/snapshot', { folder, name: 'links' })
    await client.request('sandbox/restore', { folder, name: 'links' })
    // What the sandbox still writes may go while it is searched; a find is a find.
    expect(spawnSync('grep', ['-rs', 'secret words', place()], { encoding: 'utf8' }).stdout).toBe('')
    expect(spawnSync('grep', ['-rs', 'words', secret], { encoding: 'utf8' }).stdout).not.toBe('')
    expect(readFileSync(secret, 'utf8')).toBe('secret words')
  })

  test('that is a link already is refused, not followed', async () => {
    const outside = join(daemon.dataFolder, '..', 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'mine'), 'mine')
    await client.request('sandbox/open', { folder })
    execFileSync('rm', ['-rf', join(place(), 'home')])
    symlinkSync(outside, join(place(), 'home'))
    const refusal = client.request('sandbox/snapshot', { folder, name: 'x' })
    await expect(refusal).rejects.toMatchObject({ data: { type: 'sandboxUnavailable' } })
    await client.request('sandbox/dispose', { folder, confirm: true })
    expect(statSync(join(outside, 'mine')).isFile()).toBe(true)
  })
})

async function connects(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).finally(() => socket.destroy()) as Promise<boolean>
}

/** Counts what it is sent until the end of it, and answers then. */
function server(port: number): string {
  return `perl -MIO::Socket::INET -e '
    my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => ${port}, ReuseAddr => 1) or die;
    $| = 1; print "listens\\n";
    while (my $c = $s->accept) { my $n = 0; while (my $r = sysread $c, my $b, 65536) { $n += $r } print $c "got $n"; close $c }'`
}
