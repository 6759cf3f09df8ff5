import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../setup/places.mjs'

/** One thing that is checked: a program, whose exit code counts as one test unless it counts its own. */
export interface Stage {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** The program writes `Counts` to the file that PADDOCK_COUNTS names. */
  readonly counts?: boolean
}

export interface Counts {
  passed: number
  failed: number
  skipped: { name: string; reason: string }[]
}

/**
 * Runs a stage to its end, shows how it went, the figures that it printed (lines that begin with `figure: `) and, where
 * something failed, all that it printed.
 */
export async function runStage(stage: Stage): Promise<Counts> {
  const startedAt = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'counts-'))
  try {
    const file = join(folder, 'counts.json')
    const { code, output } = await run(stage.command, { PADDOCK_COUNTS: file })
    const counts = stage.counts ? countsOf(file, code) : countsOfExit(code)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    if (counts.failed > 0) console.log(`\n${output.trimEnd()}\n`)
    console.log(`${counts.failed > 0 ? 'FAILED' : 'ok'}  ${stage.name}: ${inWords(counts)} (${seconds} s)`)
    for (const figure of output.match(/^figure: .*$/gm) ?? []) console.log(`    ${figure}`)
    for (const { name, reason } of counts.skipped) console.log(`    skipped: ${name} (${reason})`)
    return counts
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** `N passed, N failed`, and what was skipped. */
export function inWords({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`
}

export function sum(all: readonly Counts[]): Counts {
  return {
    passed: all.reduce((total, each) => total + each.passed, 0),
    failed: all.reduce((total, each) => total + each.failed, 0),
    skipped: all.flatMap((each) => each.skipped),
  }
}

function countsOf(file: string, code: number): Counts {
  if (!existsSync(file)) return countsOfExit(code === 0 ? 1 : code)
  const counts: Counts = JSON.parse(readFileSync(file, 'utf8'))
  // The program may fail for a reason that is no test's: that must not pass as success.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function countsOfExit(code: number): Counts {
  return code === 0 ? { passed: 1, failed: 0, skipped: [] } : { passed: 0, failed: 1, skipped: [] }
}

async function run(command: Stage['command'], env: Record<string, string>): Promise<{ code: number; output: string }> {
  const [program, ...args] = command
  const child = spawn(program, args, {
    cwd: repository,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  child.stderr.on('data', (chunk) => chunks.push(chunk))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })
}
