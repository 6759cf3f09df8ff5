import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Limits } from '#protocol/sandbox.ts'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import { SandboxGone } from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import type { Said } from '../support/sandboxProcess.ts'

let folders: SandboxFolders
let program: string

beforeAll(async () => {
  folders = sandboxFolders()
  vi.stubEnv('HOME', folders.userHome)
  program = join(folders.top, 'sandboxProcess.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, '../support/sandboxProcess.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    loader: { '.pl': 'text' },
  })
})
afterAll(() => {
  vi.unstubAllEnvs()
  folders.remove()
})

/** Starts sandboxProcess.ts, perhaps as another user or after a shell line, and waits for what it says. */
async function start(
  lines: readonly string[],
  options: { uid?: number; folders?: SandboxFolders; after?: string; limits?: Limits } = {},
) {
  const { top, userHome, data, layer } = { ...folders, ...options.folders }
  const params = layer()
  if (options.uid !== undefined) execFileSync('chown', ['-R', `${options.uid}:${options.uid}`, top])
  const args = [program, data, params.layer.lower, params.layer.upper, params.layer.work, params.home, ...lines]
  const inNamespaces = ['--user', '--map-root-user', '--mount', 'sh', '-c', `${options.after} && exec "$@"`, 'sh']
  const [file, before] = options.after ? ['unshare', [...inNamespaces, process.execPath]] : [process.execPath, []]
  const child = spawn(file, [...before, ...args], {
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    env: { PATH: process.env['PATH'], HOME: userHome, LIMITS: JSON.stringify(options.limits ?? {}) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, ended, params, ...(JSON.parse(line) as Said) }
  }
  throw new Error('it said nothing')
}

test('a killed daemon leaves no process behind, detached or not', async () => {
  // Whoever lives inside holds the pipe open; its end is the proof that nobody does.
  const params = folders.layer()
  const sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(params)
  await sandbox.exec({ line: 'mkfifo ~/alive' })
  await sandbox.close()
  const alive = createReadStream(join(params.home, 'alive'))
  const closed = new Promise<void>((resolve) => alive.on('close', () => resolve()))
  const holders =
    'exec 3>~/alive; echo x >&3; sleep 5001 & setsid -f sleep 5002; (trap "" TERM HUP; sleep 5003) & echo held'
  const first = new Promise((resolve) => alive.once('data', resolve))
  const { child, ended, said } = await start([holders])
  expect(said).toEqual([`{"type":"exited","code":0} held\n`])
  await first
  alive.resume()
  child.kill('SIGKILL')
  await Promise.all([ended, closed])
})

test('a killed holder is told to every caller, and the next opening works', async () => {
  const provider = bubblewrapProvider({ hide: [folders.data] })
  const params = folders.layer()
  const sandbox = await provider.open(params)
  const kept = await sandbox.exec({ line: 'echo kept > file' })
  expect(kept.end).toEqual({ type: 'exited', code: 0 })
  const running = sandbox.exec({ line: 'sleep 1000' })
  const failed = expect(running).rejects.toBeInstanceOf(SandboxGone)
  process.kill(holderOf(params.layer.lower), 'SIGKILL')
  await failed
  await sandbox.closed
  await expect(sandbox.list('/')).rejects.toBeInstanceOf(SandboxGone)
  const again = await provider.open(params)
  expect(await again.readFile(join(again.root, 'file'))).toMatchObject({ size: 5 })
  await again.close()
})

test('commands cannot kill the server that runs them', async () => {
  const sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(folders.layer())
  await sandbox.exec({ line: 'kill -9 1; kill -TERM 1; kill -PIPE 1; kill -STOP 1; kill -9 -1' })
  expect((await sandbox.exec({ line: 'echo alive' })).end).toEqual({ type: 'exited', code: 0 })
  await sandbox.close()
})

test('a crowd of processes that run from their group dies at the time limit', async () => {
  const sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(folders.layer())
  const line = 'for i in $(seq 200); do setsid -f sh -c "trap \\"\\" TERM; sleep 6001"; done; sleep 6002'
  expect((await sandbox.exec({ line, timeoutMs: 1000 })).end.type).toBe('timedOut')
  const { stdout } = await sandbox.exec({ line: 'cat /proc/[0-9]*/cmdline | tr "\\0" " "' })
  expect(Buffer.from(stdout.head).toString()).not.toContain('sleep 600')
  await sandbox.close()
})

const nobody = 65534
const why =
  process.getuid?.() === 0 ? undefined : 'only root can become another user; as it is, every test runs unprivileged'

test.skipIf(why)('all of it works for an ordinary user, whose files stay theirs', async () => {
  const theirs = sandboxFolders()
  // Node and the program must be where that user can read them.
  chmodSync(folders.top, 0o755)
  chmodSync(theirs.top, 0o755)
  const leads = 'exec 3<>/dev/tcp/host.test/443; cat <&3'
  const line = `id -u; echo made > made; pwd; touch /usr/x; unshare -U true; grep CapEff /proc/self/status; ${leads}`
  const { status, said, child, ended, params } = await start([line], { uid: nobody, folders: theirs })
  expect(status).toEqual({ type: 'ready', kind: 'bubblewrap' })
  expect(said).toHaveLength(1)
  for (const words of said) {
    expect(words).toContain(`${nobody}\n${theirs.workspace}\n`)
    expect(words).toMatch(/Read-only file system/)
    expect(words).toMatch(/Operation not permitted/)
    expect(words).toContain('CapEff:\t0000000000000000\nled out\n')
  }
  child.stdin.end()
  await ended
  const made = readFileSync(join(params.layer.upper, 'made'), 'utf8')
  expect(made).toBe('made\n')
  // What is left can be removed by that user, and the probe has done so.
  expect(readdirSync(theirs.data).sort()).toEqual(['home', 'layer1'])
  execFileSync('rm', ['-r', theirs.data], { uid: nobody })
  theirs.remove()
})

test.skipIf(why)('where there are no control groups, limits are held as well as can be, and it says how', async () => {
  const theirs = sandboxFolders()
  chmodSync(theirs.top, 0o755)
  const lines = [
    'perl -e \'$x = "a" x (200 << 20); print "had it"\'',
    'for i in $(seq 60); do sleep 5001 & done; jobs -p | wc -l; kill $(jobs -p)',
  ]
  const limits = { memoryMiB: 100, processes: 40, cpus: 1 }
  const { said, child, ended, limits: inForce } = await start(lines, { uid: nobody, folders: theirs, limits })
  expect(inForce).toEqual({ memoryMiB: 'perProcess', processes: 'whole', cpus: 'notEnforced' })
  expect(said[0]).toMatch(/out of memory/i)
  expect(said[0]).not.toContain('had it')
  expect(said[1]).toMatch(/temporarily unavailable/)
  child.stdin.end()
  await ended
  execFileSync('rm', ['-r', theirs.data], { uid: nobody })
  theirs.remove()
})

test.each([
  [
    'user namespaces are refused',
    'echo 0 > /proc/sys/user/max_user_namespaces',
    { why: 'user namespaces', fix: 'user.max_user_namespaces=15000' },
  ],
  [
    'bubblewrap is missing',
    'for bwrap in /usr/bin/bwrap /usr/local/bin/bwrap; do [ ! -e $bwrap ] || mount --bind /dev/null $bwrap; done',
    { why: 'bwrap is not installed', fix: 'bubblewrap' },
  ],
])('where %s nothing runs, and the one thing to do is named', async (_, after, { why, fix }) => {
  const { status, said, child, ended } = await start(['echo ran'], { after })
  expect(status).toEqual({
    type: 'unavailable',
    kind: 'bubblewrap',
    why: expect.stringContaining(why),
    fix: expect.stringContaining(fix),
  })
  expect(said).toEqual([])
  child.stdin.end()
  await ended
})

test('where layers cannot be, it says so and names the one thing to do', async () => {
  const memory = mkdtempSync('/dev/shm/paddock-sandbox-')
  const proc = '/proc/self/fd'
  const provider = bubblewrapProvider({ hide: [folders.data] })
  const params = folders.layer()
  const opening = provider.open({ ...params, layer: { ...params.layer, work: memory } })
  await expect(opening).rejects.toMatchObject({
    data: {
      type: 'sandboxUnavailable',
      why: expect.stringContaining('file system'),
      fix: expect.stringContaining('ext4'),
    },
  })
  const missing = provider.open({ ...params, layer: { ...params.layer, upper: join(proc, 'nope') } })
  await expect(missing).rejects.toMatchObject({ data: { type: 'sandboxUnavailable' } })
  rmSync(memory, { recursive: true })
})

/** The process of ours that holds the sandbox over a workspace: the one whose arguments name it. */
function holderOf(workspace: string): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
  const holder = children.find((pid) => {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return line.includes('--unshare-pid') && line.includes(workspace)
  })
  if (!holder) throw new Error('no holder')
  return Number(holder)
}
