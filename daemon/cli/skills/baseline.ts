import { promises } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import type { CheckedFinding } from './checked.ts'
import { InputTrouble, refusalOf } from './inputTrouble.ts'
import { replace } from './writeText.ts'

const format = 1
const longest = 64_000_000

/** How often each finding was there when the baseline was written. */
type Counts = ReadonlyMap<string, number>

/** What a finding is known again by: file, rule and line, wherever that has moved. Paths are from the baseline's folder. */
export function fingerprintOf({ path, code, line }: CheckedFinding, folder: string): string {
  const from = relative(folder, path).split(sep).join('/')
  const { createHash } = process.getBuiltinModule('node:crypto')
  return `${from} ${code} ${createHash('sha256').update(line).digest('hex').slice(0, 16)}`
}

/** The findings that the baseline in `file` does not have. Of several that look alike as many are left out as it has. */
export async function newSince(file: string, findings: readonly CheckedFinding[]): Promise<CheckedFinding[]> {
  const known = new Map(await read(file))
  const folder = dirname(resolve(file))
  return findings.filter((finding) => {
    const fingerprint = fingerprintOf(finding, folder)
    const left = known.get(fingerprint) ?? 0
    known.set(fingerprint, left - 1)
    return left <= 0
  })
}

/** Writes what is found now: from then on only what is new is told. The same findings give the same file. */
export async function writeBaseline(file: string, findings: readonly CheckedFinding[]): Promise<void> {
  const folder = dirname(resolve(file))
  const counts = new Map<string, number>()
  for (const finding of findings) {
    const fingerprint = fingerprintOf(finding, folder)
    counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1)
  }
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
  try {
    await replace(resolve(file), `${JSON.stringify({ format, findings: Object.fromEntries(sorted) }, null, 1)}\n`)
  } catch (error) {
    throw new InputTrouble(`${file}: ${refusalOf(error) ?? String(error)}.`)
  }
}

async function read(file: string): Promise<Counts> {
  let text: string
  try {
    text = await promises.readFile(file, 'utf8')
  } catch (error) {
    throw new InputTrouble(`${file}: ${refusalOf(error) ?? String(error)}. --update-baseline writes one.`)
  }
  const counts = text.length > longest ? undefined : parsed(text)
  if (!counts) throw new InputTrouble(`${file}: it is no baseline of this version. --update-baseline writes it anew.`)
  return counts
}

function parsed(text: string): Counts | undefined {
  try {
    const { format: written, findings } = JSON.parse(text) as { format?: unknown; findings?: unknown }
    if (written !== format || typeof findings !== 'object' || findings === null) return undefined
    const entries = Object.entries(findings as Record<string, unknown>)
    const counts = entries.flatMap(([key, count]) => (typeof count === 'number' ? [[key, count] as const] : []))
    return counts.length === entries.length ? new Map(counts) : undefined
  } catch {
    return undefined
  }
}
