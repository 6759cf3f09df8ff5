import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { NoDaemon } from '#client/daemonError.ts'
import type { ResultOf } from '#protocol/methods.ts'
import { visible } from '#protocol/visible.ts'
import { connectCli } from './daemon.ts'
import { aligned } from './sandbox/describe.ts'
import { printJson, printLines } from './sandbox/output.ts'

type Diagnosis = ResultOf<'daemon/doctor'>
type Finding = Diagnosis['findings'][number]

const exitOf = { ok: 0, degraded: 1, failed: 2 } as const
const patienceMs = 120_000

/** `paddock doctor`: every requirement tried. Exit 0 all is well, 1 a feature is missing, 2 something of core or safety is. */
export async function doctorCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    printLines(['paddock doctor [--json]   tries what Paddock needs, and says for each failure the one thing to do.'])
    return exitOf.ok
  }
  const diagnosis = await diagnose()
  values.json ? printJson(diagnosis) : printLines(textOf(diagnosis))
  return exitOf[diagnosis.verdict]
}

/** Asks the daemon, started where none runs; where none can be had, that is a finding, and its program tries the rest. */
async function diagnose(): Promise<Diagnosis> {
  try {
    const client = await connectCli(true)
    try {
      const { verdict, findings } = await client.request('daemon/doctor', {})
      return { verdict, findings: [daemonFinding({ type: 'ok', detail: `pid ${client.pid}` }), ...findings] }
    } finally {
      client.close()
    }
  } catch (error) {
    if (!(error instanceof NoDaemon)) throw error
    const fix = 'Mend what else is found here, then try again. See also: paddock daemon logs'
    const missing = daemonFinding({ type: 'failed', why: error.message, fix })
    return { verdict: 'failed', findings: [missing, ...(await withoutDaemon())] }
  }
}

async function withoutDaemon(): Promise<Finding[]> {
  const program = fileURLToPath(new URL('./daemon/main.mjs', import.meta.url))
  try {
    const options = { timeout: patienceMs, maxBuffer: 8 << 20 }
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'doctor'], options)
    return (JSON.parse(stdout) as Diagnosis).findings
  } catch (error) {
    const isOld = Number.parseInt(process.versions.node, 10) < 24
    const fix = isOld ? 'Install Node 24 or newer.' : 'Install Paddock again.'
    const why = isOld ? `This is Node ${process.version}.` : firstLine((error as Error).message)
    return [{ id: 'program', tier: 'core', title: 'The daemon’s program runs', outcome: { type: 'failed', why, fix } }]
  }
}

function daemonFinding(outcome: Finding['outcome']): Finding {
  return { id: 'daemon', tier: 'core', title: 'The daemon answers', outcome }
}

const verdicts = {
  ok: 'All is well.',
  degraded: 'Agents can work. What is marked is missing.',
  failed: 'Agents cannot work here until what is marked is mended.',
} as const

function textOf({ verdict, findings }: Diagnosis): string[] {
  const rows = findings.map(({ tier, title, outcome }) => [
    outcome.type === 'ok' ? 'ok' : 'FAILED',
    tier,
    outcome.type === 'ok' && outcome.detail ? `${title} (${visible(outcome.detail)})` : title,
  ])
  const lines = aligned(rows)
  const explained = findings.flatMap(({ outcome }, at) => {
    const line = lines[at] as string
    if (outcome.type === 'ok') return [line]
    return [line, `        ${visible(outcome.why.trim())}`, `        -> ${visible(outcome.fix)}`]
  })
  return [...explained, '', verdicts[verdict]]
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? ''
}
