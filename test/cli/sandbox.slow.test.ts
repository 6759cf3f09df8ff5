import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DaemonClient } from '#client/daemonClient.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'
import { paddock, type Said, startPaddock } from './paddock.ts'

let daemon: TestDaemon
let client: DaemonClient
beforeAll(async () => {
  daemon = testDaemon()
  client = await daemon.connect()
  writeFileSync(join(daemon.folder, 'theirs.txt'), 'theirs\n')
})
afterAll(() => daemon.dispose())

const sandbox = (args: readonly string[], input?: string | Buffer) => paddock(daemon, ['sandbox', ...args], input)
const exec = (...command: string[]) => sandbox(['exec', '--', ...command])
const json = async (...args: string[]) => JSON.parse((await sandbox([...args, '--json'])).out)
const outside = (name: string) => join(dirname(daemon.folder), name)

describe('paddock sandbox exec', () => {
  test('streams are told apart, and what is written there is a change to review', async () => {
    const said = await exec('sh', '-c', 'echo out; echo err >&2; echo new > made.txt')
    expect(said).toMatchObject({ code: 0, out: 'out\n', err: 'err\n' })
    expect(existsSync(join(daemon.folder, 'made.txt'))).toBe(false)
    const { sessions } = await client.request('session/list', { folder: daemon.folder })
    expect(sessions.map(({ title }) => title)).toEqual(['Terminal'])
    const { changes } = await client.request('change/list', { session: sessions[0]!.id })
    expect(changes).toMatchObject([{ path: 'made.txt', status: 'added' }])
  })

  test('bytes go in and come out unchanged', async () => {
    const bytes = randomBytes(5_000_001)
    const { code, bytes: back } = await sandbox(['exec', 'cat'], bytes)
    expect(code).toBe(0)
    expect(back.equals(bytes)).toBe(true)
  })

  test.each([
    [['true'], 0],
    [['sh', '-c', 'exit 4'], 4],
    [['sh', '-c', 'exit 255'], 255],
    [['sh', '-c', 'kill -KILL $$'], 137],
    [['sh', '-c', 'kill -TERM $$'], 143],
    [['no-such-program'], 127],
    [['/no/such/program'], 127],
    [['/etc/passwd'], 126],
  ])('%j ends with %i', async (command, code) => {
    expect((await exec(...command)).code).toBe(code)
  })

  test.each([
    [['exec', '--timeout', '0.2', 'sleep', '1000'], 124],
    [['exec', '--folder', '/no/such/folder', 'true'], 125],
    [['exec', '--kind', 'seatbelt', 'true'], 125],
    [['exec', '--session', 's_none', 'true'], 125],
    [['exec', '--kind', 'cardboard', 'true'], 2],
    [['exec'], 2],
    [['exec', '--timeout', 'soon', 'true'], 2],
    [['fly'], 2],
    [['toString'], 2],
    [['snapshot'], 2],
  ])('%j ends with %i and says why', async (args, code) => {
    const said = await sandbox(args)
    expect(said.code).toBe(code)
    if (code !== 124) expect(said.err).not.toBe('')
  })

  test('arguments, variables and folder arrive as they are', async () => {
    const command = ['sh', '-c', 'printf "%s|" "$@" "$WORD" "$PWD"', 'sh', '$HOME', 'a b', '', '--json', '--help']
    const { out } = await sandbox(['exec', '--env', 'WORD=a=b', '--cwd', '/tmp', ...command])
    expect(out).toBe('$HOME|a b||--json|--help|a=b|/tmp|')
  })

  test('signals are passed on', async () => {
    const running = startPaddock(daemon, [
      'sandbox',
      'exec',
      'sh',
      '-c',
      'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done',
    ])
    await once(running.stdout!, 'data')
    running.kill('SIGINT')
    expect(await running.said).toMatchObject({ code: 9, out: 'ready\ncaught\n' })
  })

  test('a reader that goes ends the command', async () => {
    const running = startPaddock(daemon, ['sandbox', 'exec', 'yes'])
    await once(running.stdout!, 'data')
    running.stdout!.destroy()
    expect((await running.said).code).toBe(141)
  })

  test('a command that reads nothing does not wait for the end of the input', async () => {
    const running = startPaddock(daemon, ['sandbox', 'exec', 'true'])
    expect((await running.said).code).toBe(0)
  })

  test('--json is one document, also of a failure', async () => {
    const said = await sandbox(['exec', '--json', '--', 'sh', '-c', 'echo o; echo e >&2; exit 3'])
    expect(said.code).toBe(3)
    expect(JSON.parse(said.out)).toMatchObject({
      code: 3,
      stdout: 'o\n',
      stderr: 'e\n',
      end: { type: 'exited', code: 3 },
    })
    const failed = await sandbox(['exec', '--json', '--folder', '/no/such', 'true'])
    expect(JSON.parse(failed.err)).toMatchObject({ error: { data: { type: 'folderNotUsable' } } })
    expect(failed.out).toBe('')
  })

  test('another kind has a session of its own; one that is not allowed is refused and nothing runs', async () => {
    const said = await sandbox(['exec', '--kind', 'none', 'touch', outside('ran')])
    expect(said.code).toBe(125)
    expect(existsSync(outside('ran'))).toBe(false)
    const same = await sandbox(['exec', '--kind', 'bubblewrap', 'echo', 'asked'])
    expect(same).toMatchObject({ code: 0, out: 'asked\n' })
  })
})

describe('paddock sandbox cp', () => {
  test('a tree goes in and comes out: bytes, modes, long names, links; nothing is replaced unasked', async () => {
    const tree = outside('tree')
    const long = 'x'.repeat(180)
    mkdirSync(join(tree, 'deep', 'empty'), { recursive: true })
    const bytes = randomBytes(700_001)
    writeFileSync(join(tree, 'deep', 'bytes'), bytes)
    writeFileSync(join(tree, long), 'long')
    writeFileSync(join(tree, 'run.sh'), '#!/bin/sh\n')
    chmodSync(join(tree, 'run.sh'), 0o755)
    symlinkSync('deep/bytes', join(tree, 'inside'))
    symlinkSync('/etc/passwd', join(tree, 'out'))
    expect(await sandbox(['cp', tree, ':copied'])).toMatchObject({ code: 0, err: '' })
    expect((await exec('readlink', 'copied/out')).out).toBe('/etc/passwd\n')
    expect((await sandbox(['cp', tree, ':copied/..'])).code).toBe(0)
    expect(await sandbox(['cp', tree, ':'])).toMatchObject({ code: 1, err: expect.stringContaining('--force') })

    const back = outside('back')
    const said = await sandbox(['cp', ':copied', back])
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining('leads out of what is copied') })
    expect(readFileSync(join(back, 'deep', 'bytes')).equals(bytes)).toBe(true)
    expect(readFileSync(join(back, long), 'utf8')).toBe('long')
    expect(lstatSync(join(back, 'run.sh')).mode & 0o777).toBe(0o755)
    expect(readlinkSync(join(back, 'inside'))).toBe('deep/bytes')
    expect(existsSync(join(back, 'deep', 'empty'))).toBe(true)
    expect(() => lstatSync(join(back, 'out'))).toThrow('ENOENT')
    expect(await sandbox(['cp', ':copied/run.sh', join(back, 'run.sh')])).toMatchObject({ code: 1 })
    expect(await sandbox(['cp', '--force', ':copied/deep', back])).toMatchObject({ code: 0 })
  })

  test.each([
    [['cp', 'a', 'b'], 2],
    [['cp', ':a', ':b'], 2],
    [['cp', ':a'], 2],
    [['cp', ':no-such-file', '/tmp'], 1],
    [['cp', '/no/such/file', ':'], 1],
    [['cp', '/etc/hostname', ':no/such/folder/x'], 1],
  ])('%j ends with %i', async (args, code) => {
    const said: Said = await sandbox(args)
    expect(said.code).toBe(code)
    expect(said.err).not.toBe('')
  })
})

describe('a workspace’s computer', () => {
  test('opens, is told of, listed, suspended and resumed', async () => {
    const { sandbox: opened } = await json('open')
    expect(opened).toMatchObject({ folder: daemon.folder, state: 'ready', settings: { kind: 'bubblewrap' } })
    expect((await sandbox(['inspect'])).out).toMatch(/^Workspace +\/.*\nState +ready\nKind +bubblewrap$/m)
    expect((await sandbox(['list'])).out).toContain(daemon.folder)
    expect((await json('list')).sandboxes).toMatchObject([{ folder: daemon.folder }])
    expect((await json('suspend')).sandbox.state).toBe('suspended')
    expect((await json('resume')).sandbox.state).toBe('ready')
    expect((await exec('cat', 'theirs.txt')).out).toBe('theirs\n')
  })

  test('settings are read, told in words, and refused with a reason', async () => {
    const words = [
      'memoryMiB=700',
      'cpus=1.5',
      'allow=Example.com:443,8443',
      'deny=*.evil.test',
      'undecided=deny',
      'secret.KEY=env:TOKEN@api.test',
    ]
    const { sandbox: info } = await json('set', ...words)
    expect(info.settings).toMatchObject({
      limits: { memoryMiB: 700, cpus: 1.5 },
      network: {
        undecided: 'deny',
        rules: [
          { verdict: 'allow', host: 'example.com', ports: [443, 8443] },
          { verdict: 'deny', host: '*.evil.test' },
        ],
      },
      secrets: [{ name: 'KEY', from: 'env:TOKEN', use: { type: 'host', host: 'api.test' } }],
    })
    expect((await sandbox(['policy'])).out).toContain('example.com on ports 443, 8443')
    const { sandbox: after } = await json('set', 'memoryMiB=', 'forget=example.com', 'secret.KEY=')
    expect(after.settings).toMatchObject({ network: { rules: [{ host: '*.evil.test' }] }, secrets: [] })
    expect(after.settings.limits.memoryMiB).toBeUndefined()
    for (const word of ['memoryMiB=much', 'allow=http://x/', 'nonsense=1', 'word', 'kind=none']) {
      expect(await sandbox(['set', word])).toMatchObject({ code: 2 })
    }
    const secret = await sandbox(['set', 'secret.KEY=hunter2'])
    expect(secret.code).toBe(2)
    expect(secret.err).not.toContain('hunter2')
  })

  test('a snapshot is taken and brought back; a fork has it too', async () => {
    await exec('sh', '-c', 'echo one > ~/state')
    expect((await json('snapshot', 'first')).snapshot).toMatchObject({ name: 'first' })
    await exec('sh', '-c', 'echo two > ~/state')
    expect(await sandbox(['restore', 'first'])).toMatchObject({ code: 0, err: '' })
    expect((await exec('sh', '-c', 'cat ~/state')).out).toBe('one\n')
    mkdirSync(outside('fork'))
    expect(await sandbox(['fork', outside('fork')])).toMatchObject({ code: 0, err: '' })
    expect((await sandbox(['exec', '--folder', outside('fork'), 'sh', '-c', 'cat ~/state'])).out).toBe('one\n')
    expect(await sandbox(['restore', 'nothing'])).toMatchObject({ code: 1 })
  })

  test('a port inside is found and reached from here', async () => {
    const serve =
      'use Socket; socket(S,2,1,0); bind S, sockaddr_in(4567, INADDR_LOOPBACK); listen S, 5; $| = 1; print "up\\n"; while (accept C, S) { syswrite C, "hello"; close C }'
    const server = startPaddock(daemon, ['sandbox', 'exec', 'perl', '-e', serve])
    await once(server.stdout!, 'data')
    expect((await json('ports')).ports).toMatchObject([{ port: 4567 }])
    const forward = startPaddock(daemon, ['sandbox', 'forward', '4567', '--json'])
    const [line] = await once(forward.stdout!, 'data')
    const { localPort } = JSON.parse(String(line))
    const { connect } = await import('node:net')
    const [said] = await once(connect(localPort, '127.0.0.1'), 'data')
    expect(String(said)).toBe('hello')
    forward.kill('SIGINT')
    expect((await forward.said).code).toBe(0)
    server.kill('SIGTERM')
    expect((await server.said).code).toBe(143)
  })

  test('reset and dispose say what is lost and do it only when told to', async () => {
    await exec('sh', '-c', 'echo kept > ~/mine')
    const asked = await sandbox(['reset'])
    expect(asked).toMatchObject({ code: 3, err: expect.stringContaining('--yes') })
    expect(asked.out).toMatch(/home/i)
    expect((await json('dispose')).done).toBe(false)
    expect((await exec('sh', '-c', 'cat ~/mine')).out).toBe('kept\n')
    expect((await json('reset', '--yes')).done).toBe(true)
    expect((await exec('sh', '-c', 'cat ~/mine || echo gone')).out).toBe('gone\n')
    expect((await sandbox(['dispose', '--yes'])).code).toBe(0)
    expect((await json('list')).sandboxes.map(({ folder }: { folder: string }) => folder)).toEqual([outside('fork')])
  })

  test('--help is all of it', async () => {
    for (const args of [['help'], ['--help'], ['exec', '--help'], []]) {
      expect(await sandbox(args)).toMatchObject({ code: 0, out: expect.stringContaining('paddock sandbox') })
    }
  })
})
