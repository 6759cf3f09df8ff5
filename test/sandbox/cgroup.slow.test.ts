import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import { Cgroup } from '../../daemon/sandbox/cgroup/cgroup.ts'
import { Cgroups } from '../../daemon/sandbox/cgroup/cgroups.ts'
import { hierarchies } from '../../daemon/sandbox/cgroup/hierarchies.ts'
import type { CommandResult, Sandbox } from '../../daemon/sandbox/sandbox.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'

describe('where groups may be', () => {
  test('version 1: its own group in every hierarchy, wherever that is mounted', () => {
    const groups = '8:pids:/\n4:memory:/user/7\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n'
    const mounts = [
      '30 29 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids',
      '31 29 0:32 / /sys/fs/cgroup/mem\\040ory rw - cgroup cgroup rw,memory',
      '32 29 0:33 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
      '33 1 254:0 / / rw - ext4 /dev/vda rw',
    ]
    expect(hierarchies(groups, mounts.join('\n'))).toEqual([
      { version: 1, folder: '/sys/fs/cgroup/pids', controllers: ['pids'] },
      { version: 1, folder: '/sys/fs/cgroup/mem ory/user/7', controllers: ['memory'] },
      { version: 1, folder: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu'] },
    ])
  })

  test('version 2: its own group, and those above it', () => {
    const mounts = '30 29 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n'
    const found = hierarchies('0::/user.slice/app.slice/code.scope\n', mounts)
    expect(found.map(({ version, folder }) => `${version} ${folder}`)).toEqual([
      '2 /sys/fs/cgroup/user.slice/app.slice/code.scope',
      '2 /sys/fs/cgroup/user.slice/app.slice',
      '2 /sys/fs/cgroup/user.slice',
      '2 /sys/fs/cgroup',
    ])
  })

  test('what makes no sense gives none', () => {
    expect(hierarchies('', '')).toEqual([])
    expect(hierarchies('0::/x\n4:memory:/y', 'garbage\n - \n1 2 3 - cgroup')).toEqual([])
  })
})

const probed = await (async () => {
  const folder = mkdtempSync('/var/tmp/paddock-cgroup-')
  const group = await new Cgroups(folder).make()
  const canFreeze = group?.canFreeze ?? false
  const limits = group ? (['memoryMiB', 'processes', 'cpus'] as const).filter((name) => group.limit(name, 64)) : []
  await group?.remove()
  rmSync(folder, { recursive: true })
  return { canFreeze, all: limits.length === 3 }
})()
const noGroups = probed.all
  ? undefined
  : 'this user may make no control groups for memory, processes and processors here'

describe('a limited sandbox', () => {
  let folders: SandboxFolders
  let sandbox: Sandbox

  beforeAll(async () => {
    folders = sandboxFolders()
    vi.stubEnv('HOME', folders.userHome)
    const limits = { memoryMiB: 150, processes: 60, cpus: 1, diskMiB: 60 }
    sandbox = await bubblewrapProvider({ hide: [folders.data] }).open({ ...folders.layer(), limits })
  })
  afterAll(async () => {
    await sandbox.close()
    vi.unstubAllEnvs()
    expect(groupsOf(folders.data)).toEqual([])
    folders.remove()
  })

  const run = (line: string, timeoutMs = 20_000): Promise<CommandResult> => sandbox.exec({ line, timeoutMs })

  test('says how each limit is held', () => {
    const whole = noGroups ? expect.any(String) : 'whole'
    expect(sandbox.limits).toEqual({ memoryMiB: whole, processes: whole, cpus: whole, diskMiB: 'whole' })
  })

  test('an ordinary command runs into none', async () => {
    expect(await run('echo fine')).toMatchObject({ end: { type: 'exited', code: 0 } })
    expect((await run('true')).limitsHit).toBeUndefined()
  })

  test.skipIf(noGroups !== undefined)(
    '64 gigabytes of memory end the program that wants them, and nothing else',
    async () => {
      const { end, limitsHit } = await run('exec perl -e \'push @all, "a" x (1 << 24) for 1 .. 4096\'')
      expect(end).toEqual({ type: 'signalled', signal: 'SIGKILL' })
      expect(limitsHit).toEqual(['memoryMiB'])
      expect((await run('echo alive')).end).toEqual({ type: 'exited', code: 0 })
    },
  )

  test.skipIf(noGroups !== undefined)('many programs share the limit of memory', async () => {
    const one = 'perl -e \'$x = "a" x (30 << 20); sleep 100\' &'
    const { limitsHit } = await run(`for i in 1 2 3 4 5 6 7 8; do ${one} done; wait -n; kill $(jobs -p); wait`)
    expect(limitsHit).toEqual(['memoryMiB'])
  })

  test.skipIf(noGroups !== undefined)('a fork bomb stops growing, is named, and ends with its command', async () => {
    let turns = 0
    const heart = setInterval(() => (turns += 1), 1)
    const result = await run('bomb() { bomb | bomb & }; bomb; sleep 1000', 1_500)
    clearInterval(heart)
    expect(result.end.type).toBe('timedOut')
    expect(result.limitsHit).toEqual(['processes'])
    // The daemon's own loop went on all the while.
    expect(turns).toBeGreaterThan(5)
    await sandbox.killAll()
    const { end, stdout } = await run('ls -d /proc/[0-9]* | wc -l')
    expect(end).toEqual({ type: 'exited', code: 0 })
    expect(Number(Buffer.from(stdout.head).toString())).toBeLessThan(10)
  })

  test('what fills the disk is ended and told, and the agent can tidy up', async () => {
    const { end, limitsHit } = await run('while :; do head -c 8M /dev/zero >> big; done', 60_000)
    expect(end).toEqual({ type: 'signalled', signal: 'SIGKILL' })
    expect(limitsHit).toContain('diskMiB')
    expect(await run('rm big; echo less > note')).toMatchObject({ end: { type: 'exited', code: 0 } })
    expect((await run('echo more >> note')).limitsHit).toBeUndefined()
  })

  test('a program that was left running cannot fill the disk either', async () => {
    const started = await sandbox.start({ line: 'while :; do head -c 8M /dev/zero >> big; done' })
    if (started.type !== 'started') throw new Error(started.why)
    expect(await started.ended).toEqual({ type: 'signalled', signal: 'SIGKILL' })
    await run('rm big')
  })

  test('what was written before the first look is told at the end', async () => {
    let told: CommandResult['limitsHit']
    // Whoever makes room on the same disk in the same moment hides it, until files are counted.
    for (let tries = 0; tries < 20 && !told; tries++) {
      told = (await run('head -c 90M /dev/zero > quick; sleep 0.5')).limitsHit
    }
    expect(told).toEqual(['diskMiB'])
    await run('rm quick')
  })
})

describe.skipIf(probed.canFreeze ? undefined : 'there is no group that can be frozen here')('a group', () => {
  test('is frozen and thawed with all that is in it, and removed with it', async () => {
    const folders = sandboxFolders()
    vi.stubEnv('HOME', folders.userHome)
    const sandbox = await bubblewrapProvider({ hide: [folders.data] }).open(folders.layer())
    await sandbox.exec({ line: 'echo 0 > /tmp/n; (while :; do echo $((n += 1)) > /tmp/n; done) > /dev/null 2>&1 &' })
    await sandbox.freeze!()
    const answer = sandbox.readFile('/tmp/n')
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 300, 'frozen'))])).toBe('frozen')
    await sandbox.thaw!()
    expect((await answer).type).toBe('read')
    await sandbox.freeze!()
    await sandbox.close()
    vi.unstubAllEnvs()
    expect(groupsOf(folders.data)).toEqual([])
    folders.remove()
  })

  const second = hierarchies(readFileSync('/proc/self/cgroup', 'utf8'), readFileSync('/proc/self/mountinfo', 'utf8'))
    .filter(({ version }) => version === 2)
    .find(({ folder }) => mayMakeIn(folder))
  test.skipIf(second === undefined)('of version 2 is frozen, thawed, emptied and removed too', async () => {
    const group = Cgroup.make([{ ...second!, controllers: ['freezer'] }], `paddock-test-${process.pid}`)
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    await group.add(child.pid!)
    await group.freeze()
    expect(readFileSync(`/proc/${child.pid}/cgroup`, 'utf8')).toContain(`paddock-test-${process.pid}`)
    group.thaw()
    await group.freeze()
    expect(await group.remove()).toBe(true)
    await ended
  })

  test('that cannot be made in one place is made in none', () => {
    const folder = mkdtempSync('/var/tmp/paddock-cgroup-')
    const home = (name: string) => ({ version: 1 as const, folder: join(folder, name), controllers: [] })
    mkdirSync(join(folder, 'there'))
    expect(() => Cgroup.make([home('there'), home('missing')], 'group')).toThrow()
    expect(readdirSync(join(folder, 'there'))).toEqual([])
    rmSync(folder, { recursive: true })
  })
})

test('notes of processes that are gone, also broken ones, are tidied up; others stay', async () => {
  const folder = realpathSync(mkdtempSync('/var/tmp/paddock-cgroup-'))
  writeFileSync(join(folder, 'cgroups.999999999.1'), '[{"version":1,"fol')
  writeFileSync(join(folder, 'cgroups.1.nonsense'), '[]')
  writeFileSync(join(folder, 'other'), '')
  await new Cgroups(folder).clean()
  expect(readdirSync(folder)).toEqual(['other'])
  rmSync(folder, { recursive: true })
})

function mayMakeIn(folder: string): boolean {
  const path = join(folder, `paddock-try-${process.pid}`)
  try {
    mkdirSync(path)
    rmdirSync(path)
    return true
  } catch {
    return false
  }
}

/** The control groups that this process has for a data folder, by what it noted there. */
function groupsOf(data: string): string[] {
  return readdirSync(data)
    .filter((name) => name.startsWith('cgroups.'))
    .flatMap((name) => {
      const homes = JSON.parse(readFileSync(join(data, name), 'utf8')) as { folder: string }[]
      const owner = name.slice('cgroups.'.length)
      return homes.flatMap(({ folder }) =>
        existsSync(folder)
          ? readdirSync(folder).filter((entry) =>
              entry.includes(`-${createHash('sha256').update(data).digest('hex').slice(0, 12)}-${owner}-`),
            )
          : [],
      )
    })
}
