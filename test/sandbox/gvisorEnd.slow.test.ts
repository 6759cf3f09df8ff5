import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type SandboxFolders, sandboxFolders } from '../support/sandboxFolders.ts'
import type { Said } from '../support/sandboxProcess.ts'
import { whyNoGvisor } from '../support/whyNoGvisor.ts'

const why = await whyNoGvisor()
const isRoot = process.getuid?.() === 0

describe.skipIf(why !== undefined)(`gvisor, and the end of its daemon${why ? ` (skipped: ${why})` : ''}`, () => {
  let folders: SandboxFolders
  let program: string

  beforeEach(async () => {
    folders = sandboxFolders()
    program = join(folders.top, 'sandboxProcess.mjs')
    const entry = join(import.meta.dirname, '../support/sandboxProcess.ts')
    const how = { bundle: true, platform: 'node', format: 'esm', loader: { '.pl': 'text' } } as const
    await build({ entryPoints: [entry], outfile: program, ...how })
  })
  afterEach(() => folders.remove())

  /** Starts sandboxProcess.ts, perhaps as another user, and waits for what it says. */
  async function start(
    lines: readonly string[],
    { uid, over = folders.layer(), more = {} }: { uid?: number; over?: Over; more?: Record<string, string> } = {},
  ) {
    const { top, data, userHome } = folders
    const { layer, home } = over
    if (uid !== undefined) execFileSync('chown', ['-R', `${uid}:${uid}`, top])
    const child = spawn(process.execPath, [program, data, layer.lower, layer.upper, layer.work, home, ...lines], {
      ...(uid === undefined ? {} : { uid, gid: uid }),
      env: { PATH: process.env['PATH'], HOME: userHome, KIND: 'gvisor', ...more },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    for await (const line of createInterface({ input: child.stdout })) {
      return { child, ended, layer, ...(JSON.parse(line) as Said) }
    }
    throw new Error('it said nothing')
  }

  test('a killed daemon leaves no process of gVisor behind', async () => {
    const { child, ended, said } = await start(['(trap "" TERM HUP; setsid sleep 5001) >/dev/null 2>&1 & echo begun'])
    expect(said).toEqual([`{"type":"exited","code":0} begun\n`])
    const family = descendants(child.pid!)
    expect(family.map(({ name }) => name)).toEqual(expect.arrayContaining(['runsc-sandbox', 'runsc-gofer']))
    child.kill('SIGKILL')
    await ended
    await eventually(() => family.filter(isAlive)).toEqual([])
  })

  test('what a daemon that is killed had suspended goes on with the next one, for any user', async () => {
    const over = folders.layer()
    const uid = isRoot ? { uid: 65_534 } : {}
    const count = () => Number(readFileSync(join(over.layer.upper, 'count'), 'utf8'))
    const counting = '(while :; do n=$((n + 1)); echo $n >count; sleep 0.02; done) >/dev/null 2>&1 & sleep 1'
    const first = await start([counting], { ...uid, over, more: { SUSPENDED: '1' } })
    const family = descendants(first.child.pid!)
    first.child.kill('SIGKILL')
    await first.ended
    await eventually(() => family.filter(isAlive)).toEqual([])
    const before = count()
    expect(before).toBeGreaterThan(5)
    const second = await start(['sleep 1; pgrep -c bash || true'], { ...uid, over })
    expect(second.resumed).toEqual({ type: 'goesOn' })
    expect(count()).toBeGreaterThan(before)
    second.child.stdin.end()
    await second.ended
  })

  test.skipIf(!isRoot)('an ordinary user has it too (only root can try that)', async () => {
    const { child, ended, layer, status, said } = await start(['echo mine > file; cat file; touch /usr/mine'], {
      uid: 65_534,
    })
    expect(status).toEqual({ type: 'ready', kind: 'gvisor' })
    expect(said).toEqual([
      expect.stringMatching(/^\{"type":"exited","code":1\} mine\n.*(Permission denied|Read-only file system)\n$/),
    ])
    child.stdin.end()
    await ended
    expect(readFileSync(join(layer.upper, 'file'), 'utf8')).toBe('mine\n')
  })
})

type Over = ReturnType<SandboxFolders['layer']>

interface Process {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly startedAt: string
}

function descendants(of: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processAt(Number(name)) ?? [])
  const family = new Set([of])
  for (let size = 0; size < family.size; ) {
    size = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  return all.filter(({ pid }) => pid !== of && family.has(pid))
}

function processAt(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent, , , , , , , , , , , , , , , , , , startedAt] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
    const [name = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return state === 'Z' ? undefined : { pid, parent: Number(parent), name, startedAt: startedAt ?? '' }
  } catch {
    return undefined
  }
}

function isAlive({ pid, startedAt }: Process): boolean {
  return processAt(pid)?.startedAt === startedAt
}
