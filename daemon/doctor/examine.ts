import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Diagnosis, Finding } from '#protocol/doctor.ts'
import { processName } from '../sandbox/processName.ts'
import type { Check, Outcome, Patient, Surroundings } from './check.ts'
import { dataChecks } from './dataChecks.ts'
import { kindChecks } from './kindChecks.ts'
import { machineChecks } from './machineChecks.ts'
import { networkChecks } from './networkChecks.ts'
import { sandboxChecks } from './sandboxChecks.ts'
import { openTrial, type Trial } from './trial.ts'

export const allChecks: readonly Check[] = [
  ...dataChecks,
  ...machineChecks,
  ...sandboxChecks,
  ...networkChecks,
  ...kindChecks,
]

const patienceMs = 45_000

/** Tries everything on this machine and tells what it found, in the checks' order. Leaves nothing behind. */
export async function examine(
  surroundings: Surroundings,
  { checks = allChecks, limitMs = patienceMs }: { checks?: readonly Check[]; limitMs?: number } = {},
): Promise<Diagnosis> {
  const { scratch, dataFault } = await makeScratch(surroundings.dataFolder)
  let trial: Promise<Trial> | undefined
  let probing: ReturnType<Patient['probe']> | undefined
  const patient: Patient = {
    ...surroundings,
    scratch,
    dataFault,
    trial() {
      trial ??= openTrial(patient)
      return trial
    },
    probe() {
      probing ??= probeUsual(surroundings)
      return probing
    },
  }
  const here = checks.filter(({ platforms }) => platforms?.includes(process.platform) ?? true)
  const findings = await Promise.all(here.map((check) => find(check, patient, limitMs)))
  await (trial as Promise<Trial> | undefined)?.then((opened) => opened.close()).catch(() => {})
  await removeScratch(scratch)
  return { verdict: verdictOf(findings), findings }
}

/** Features that are missing leave the daemon `degraded`; anything else that fails is `failed`. */
export function verdictOf(findings: readonly Finding[]): Diagnosis['verdict'] {
  const failed = findings.filter(({ outcome }) => outcome.type === 'failed')
  if (failed.some(({ tier }) => tier !== 'feature')) return 'failed'
  return failed.length > 0 ? 'degraded' : 'ok'
}

async function find(check: Check, patient: Patient, limitMs: number): Promise<Finding> {
  const { id, tier, title, fix } = check
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ why: `It did not end within ${limitMs / 1000} s.`, fix }), limitMs)
  })
  const tried = check.run(patient).catch((error: unknown): Outcome => ({ why: wordsOf(error), fix }))
  const outcome = await Promise.race([tried, late])
  clearTimeout(timer)
  if (typeof outcome === 'object') return { id, tier, title, outcome: { type: 'failed', ...outcome } }
  return { id, tier, title, outcome: { type: 'ok', ...(outcome === undefined ? {} : { detail: outcome }) } }
}

async function probeUsual({ kinds, usualKind }: Surroundings): ReturnType<Patient['probe']> {
  const provider = kinds.get(usualKind)
  if (provider) return provider.probe()
  const fix = 'Choose another kind in the sandbox settings.'
  return { type: 'unavailable', kind: usualKind, why: `There is no ${usualKind} sandbox on this machine.`, fix }
}

/**
 * Named as sandboxes' own trials are, so that what a killed daemon leaves is found. Where the data folder cannot be used, that
 * is one finding, and all else is tried elsewhere.
 */
async function makeScratch(dataFolder: string): Promise<Pick<Patient, 'scratch' | 'dataFault'>> {
  const name = `paddock-probe-${processName(process.pid)}-`
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    return { scratch: await mkdtemp(join(dataFolder, name)), dataFault: undefined }
  } catch (dataFault) {
    return { scratch: await mkdtemp(join(tmpdir(), name)), dataFault }
  }
}

async function removeScratch(scratch: string): Promise<void> {
  await chmod(join(scratch, 'work', 'work'), 0o700).catch(() => {})
  await rm(scratch, { recursive: true, force: true }).catch(() => {})
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1_000)
}
