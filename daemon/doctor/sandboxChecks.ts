import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Check, Outcome, Patient } from './check.ts'
import { limitsTried, type Trial } from './trial.ts'

const run = promisify(execFile)
const platforms = ['linux'] as const
const report =
  'This is a fault of Paddock’s or of this machine’s kernel: run nothing that you do not trust, and report it.'
const seeLog = 'See the daemon log.'
const cgroup2 = 0x63677270

/** System calls that no sandbox lets through, by processor. */
const refusedCalls: Partial<Record<NodeJS.Architecture, Record<string, number>>> = {
  x64: { unshare: 272, mount: 165, keyctl: 250, bpf: 321, ptrace: 101 },
  arm64: { unshare: 97, mount: 40, keyctl: 219, bpf: 280, ptrace: 117 },
}

/** What the usual sandbox is made of, each part by itself, and whether it holds. */
export const sandboxChecks: readonly Check[] = [
  {
    ...{ id: 'namespaces', tier: 'safety', title: 'User namespaces can be made', platforms },
    fix: 'Allow unprivileged user namespaces on this machine.',
    run: namespaces,
  },
  {
    ...{ id: 'bubblewrap', tier: 'safety', title: 'bubblewrap 0.6 or newer', platforms },
    fix: 'Install bubblewrap 0.6 or newer, as with: sudo apt-get install bubblewrap',
    run: bubblewrap,
  },
  {
    ...{ id: 'sandbox', tier: 'safety', title: 'A sandbox opens over a layer and runs a command' },
    fix: seeLog,
    run: sandbox,
  },
  {
    ...{ id: 'layer', tier: 'safety', title: 'What is written inside stays in the layer' },
    fix: seeLog,
    run: inTrial(layer),
  },
  {
    ...{ id: 'hidden', tier: 'safety', title: 'The daemon’s data is out of sight inside' },
    fix: seeLog,
    run: inTrial(hidden),
  },
  {
    ...{ id: 'systemCalls', tier: 'safety', title: 'Dangerous system calls are refused inside', platforms },
    fix: seeLog,
    run: inTrial(systemCalls),
  },
  {
    ...{ id: 'limits', tier: 'feature', title: 'Memory and processes are limited for a sandbox as a whole' },
    fix: 'Delegate control groups to your user (log in through systemd), or use Docker.',
    run: inTrial(limits),
  },
]

/** A check that is done in an open sandbox. Where none opens, that is the finding of another check, and this one says so. */
export function inTrial(check: (trial: Trial) => Promise<Outcome>): Check['run'] {
  return async (patient) => {
    const status = await patient.probe()
    if (status.type === 'unavailable') return { why: 'No sandbox opens to try it in.', fix: status.fix }
    return check(await patient.trial())
  }
}

async function namespaces({ probe }: Patient): Promise<Outcome> {
  try {
    await run('/usr/bin/unshare', ['--user', '--map-root-user', '--mount', '--pid', '--fork', 'true'], {
      timeout: 20_000,
    })
    return undefined
  } catch (error) {
    const status = await probe()
    const why = `${(error as { stderr?: string }).stderr || (error as Error).message}`.trim()
    return { why, fix: status.type === 'unavailable' ? status.fix : 'Install util-linux.' }
  }
}

async function bubblewrap(): Promise<Outcome> {
  const path = ['/usr/bin/bwrap', '/bin/bwrap', '/usr/local/bin/bwrap', '/run/current-system/sw/bin/bwrap'].find(
    (each) => existsSync(each),
  )
  const fix = 'Install bubblewrap 0.6 or newer, as with: sudo apt-get install bubblewrap'
  if (!path) return { why: 'The program bwrap is not installed.', fix }
  const { stdout } = await run(path, ['--version'], { timeout: 20_000 })
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(stdout)?.map(Number) ?? []
  return major > 0 || minor >= 6 ? stdout.trim() : { why: `This is ${stdout.trim()}.`, fix }
}

async function sandbox({ probe }: Patient): Promise<Outcome> {
  const status = await probe()
  return status.type === 'ready' ? status.kind : { why: status.why, fix: status.fix }
}

async function layer({ run, workspace, upper }: Trial): Promise<Outcome> {
  const { code } = await run(['sh', '-c', 'echo written > made'])
  if (code !== 0) return { why: 'A file could not be written inside.', fix: report }
  if (existsSync(join(workspace, 'made')))
    return { why: 'A file written inside came out in the workspace.', fix: report }
  const text = await readFile(join(upper, 'made'), 'utf8').catch(() => '')
  return text === 'written\n' ? undefined : { why: 'A file written inside is not in the layer.', fix: report }
}

async function hidden({ run, hidden }: Trial): Promise<Outcome> {
  const { out } = await run(['sh', '-c', 'cat -- "$1" 2>/dev/null || echo unseen', 'sh', hidden])
  return out === 'unseen\n' ? undefined : { why: `A program inside could read ${hidden}.`, fix: report }
}

async function systemCalls({ run }: Trial): Promise<Outcome> {
  const calls = refusedCalls[process.arch]
  if (!calls) return { why: `Paddock knows no filter for ${process.arch}.`, fix: 'Use a machine with x86-64 or arm64.' }
  // Each with arguments that do nothing where it were let through; 1 is EPERM.
  const script =
    '$| = 1; for (@ARGV) { my ($name, $call) = split /=/; $! = 0; syscall($call + 0, 0, 0, 0, 0, 0); print "$name " if $! != 1 } print "."'
  const { out } = await run(['perl', '-e', script, ...Object.entries(calls).map(([name, call]) => `${name}=${call}`)])
  if (out === '.') return `${Object.keys(calls).join(', ')} and others`
  return { why: out ? `Let through: ${out.replace('.', '').trim()}.` : 'They could not be tried inside.', fix: report }
}

/** By going past one: what is said to be held is seen to be. */
async function limits({ run, sandbox }: Trial): Promise<Outcome> {
  const groups = (await statfs('/sys/fs/cgroup').catch(() => undefined))?.type
  const kind =
    groups === undefined ? 'no control groups' : groups === cgroup2 ? 'control groups v2' : 'control groups v1'
  const { memoryMiB, processes } = sandbox.limits
  const tooMuch = `$x = 'a' x (${limitsTried.memoryMiB * 3} * 2 ** 20); print 'got it'`
  const { out } = await run(['perl', '-e', tooMuch])
  if (out.includes('got it')) return { why: 'A program inside took more memory than it may.', fix: 'Use Docker.' }
  if (memoryMiB === 'whole' && processes === 'whole') return kind
  const words = { whole: 'for all together', perProcess: 'for each process by itself', notEnforced: 'not at all' }
  const fix = 'Delegate control groups to your user (log in through systemd), or use Docker.'
  const how = `memory is limited ${words[memoryMiB ?? 'notEnforced']}, processes ${words[processes ?? 'notEnforced']}`
  return { why: `With ${kind}, ${how}.`, fix }
}
