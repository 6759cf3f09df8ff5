import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Sandbox, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { testOwner } from '../support/dockerEngine.ts'
import { eventually } from '../support/eventually.ts'
import { gvisorRunners } from '../support/gvisorRunners.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import { sandboxContract } from './sandboxContract.ts'

const { runners, missing, docker, stop } = await gvisorRunners()
afterAll(stop, 60_000)

for (const why of missing) test.skip(`gvisor ${why}`, () => {})

for (const { runner, provider } of runners) {
  sandboxContract('gvisor', provider, {
    runner,
    ownSystem: runner === 'docker',
    terminalsLack: '/dev/tty, job control, signal for a new size, hang-up or Ctrl-C as a byte in gVisor of 2024',
  })
}

describe.each(runners)('gvisor by $runner', ({ runner, provider: make }) => {
  let folders: SandboxFolders
  let provider: SandboxProvider
  let sandbox: Sandbox

  beforeAll(async () => {
    folders = sandboxFolders()
    vi.stubEnv('HOME', folders.userHome)
    writeFileSync(join(folders.workspace, 'readme.txt'), 'base\n')
    const params = folders.layer()
    upper = params.layer.upper
    provider = make([folders.data])
    sandbox = await provider.open(params)
  })
  afterAll(async () => {
    await sandbox.close()
    await provider.environment?.dispose(folders.layer().store)
    vi.unstubAllEnvs()
    folders.remove()
    expect(await left()).toEqual([])
  })

  let upper: string
  const inUpper = (name: string) => readFileSync(join(upper, name), 'utf8')

  /** Containers of ours, and volumes of layers. */
  async function left(): Promise<string[]> {
    if (!docker) return []
    const filters = { label: [`paddock=${testOwner}`, 'paddock.process'] }
    const containers = await docker.engine.listContainers({ all: true, filters })
    const { Volumes } = await docker.engine.listVolumes({ filters })
    return [...containers.map(({ Id }) => Id), ...(Volumes ?? []).map(({ Name }) => Name)]
  }

  async function run(line: string): Promise<string> {
    const { end, stdout, stderr } = await sandbox.exec({ line })
    expect(`${Buffer.from(stderr.head)}`).toBe('')
    expect(end).toEqual({ type: 'exited', code: 0 })
    return `${Buffer.from(stdout.head)}`
  }

  test('the kernel is gVisor’s, not the machine’s', async () => {
    expect(await run('cat /proc/version')).not.toBe(readFileSync('/proc/version', 'utf8'))
  })

  test('what a command has written is in the layer when it has ended, whatever way it wrote', async () => {
    await run('echo one >plain; printf two >>readme.txt; mkdir -p a/b && mv plain a/b/moved; ln -s x link')
    expect([inUpper('readme.txt'), inUpper('a/b/moved')]).toEqual(['base\ntwo', 'one\n'])
    const mapped = `import mmap; f = open('mapped', 'w+b'); f.truncate(4096); m = mmap.mmap(f.fileno(), 4096); m[0:5] = b'whole'`
    await run(`python3 -c "${mapped}"`)
    expect(inUpper('mapped').slice(0, 5)).toBe('whole')
    await run(`python3 -c "open('unsynced', 'w').write('x' * 1_000_000)"`)
    expect(inUpper('unsynced')).toHaveLength(1_000_000)
  })

  test('what runs inside can neither end the exec server nor make namespaces of its own', async () => {
    const calls = ['62, 1, 9', '62, 4294967297, 9', '200, 1, 9', '234, 1, 1, 9', '129, 1, 9, 0']
    // The numbers are those of x86-64.
    const tried = process.arch === 'x64' ? `perl -e '${calls.map((call) => `syscall(${call});`).join('')}';` : ''
    await run(`${tried} kill -9 1 2>/dev/null; kill -TERM 1 2>/dev/null; kill -9 -- -1 2>/dev/null; true`)
    expect(await run('unshare --user id 2>&1 || true')).toMatch(/not permitted/)
    expect(await run('mount -t tmpfs none /tmp 2>&1 || true')).toMatch(/permission|permitted/)
    expect(await run('cat /proc/1/mem 2>&1 | head -c 100')).toMatch(/denied/)
  })

  test('a terminal has the size that it was given last, and Ctrl-C interrupts', async () => {
    const started = await sandbox.start({ line: 'read x; stty size; sleep 1000', terminal: { columns: 80, rows: 24 } })
    if (started.type !== 'started') throw new Error(started.why)
    started.resize(120, 40)
    started.stdin.write('go\n')
    let out = ''
    started.stdout.on('data', (bytes: Buffer) => {
      out += bytes
      if (/40 120/.test(out)) started.stdin.write('\x03')
    })
    expect(await started.ended).toEqual({ type: 'signalled', signal: 'SIGINT' })
    expect(out).toMatch(/40 120\r\n/)
  })

  test('of the machine’s files only the home and the layer can be written; all else that can is gVisor’s own', async () => {
    const lines = (await run('cat /proc/mounts')).trim().split('\n')
    const mounts = lines.map((line) => line.split(' ')).filter(([, , , options]) => /^rw\b/.test(options ?? ''))
    const machines = mounts.flatMap(([, at = '', type = '']) => (type === '9p' ? [at] : []))
    const own = runner === 'docker' ? /^\/(usr|etc|var|opt|s?bin|lib\w*)$/ : /^$/
    expect(machines.filter((at) => !`${at}/`.startsWith(`${folders.userHome}/`) && !own.test(at))).toEqual([])
    const types = new Set(mounts.map(([, , type]) => type))
    expect(
      [...types].filter((type) => !['9p', 'tmpfs', 'proc', 'sysfs', 'devpts', 'cgroup'].includes(type ?? '')),
    ).toEqual([])
    const devices = (await run('find /dev -type b -o -type c | sort')).trim().split('\n')
    const usual = /^\/dev\/(null|zero|full|random|urandom|tty|ptmx|fuse|net\/tun|pts\/\w+)$/
    expect(devices.filter((device) => !usual.test(device))).toEqual([])
  })

  test('beyond its memory the sandbox ends, says why, and keeps what was written', async () => {
    const params = { ...folders.layer(), limits: { memoryMiB: 300 } }
    const small = await provider.open(params)
    await small.exec({ line: 'echo kept >kept' })
    if (small.limits.memoryMiB === 'whole') {
      const line = 'python3 -c "x = bytearray(2_000_000_000)"'
      await expect(small.exec({ line })).rejects.toThrow(/more memory than the workspace’s limit/)
    }
    await small.close()
    expect(readFileSync(join(params.layer.upper, 'kept'), 'utf8')).toBe('kept\n')
  })

  test('what runs is frozen where it is, and goes on with its memory', async () => {
    await run(
      '(n=0; while :; do n=$((n + 1)); echo $n >count; sleep 0.01; done) >/dev/null 2>&1 & until [ -s count ]; do sleep 0.01; done',
    )
    await sandbox.freeze?.()
    const counted = inUpper('count')
    const asked = run('cat count')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(inUpper('count')).toBe(counted)
    await sandbox.thaw?.()
    await asked
    await eventually(() => Number(inUpper('count'))).toBeGreaterThan(Number(counted))
    await sandbox.killAll()
  })
})
