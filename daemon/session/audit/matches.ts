import type { AuditEntry, AuditFilter } from '#protocol/audit.ts'
import { bounded } from './bounded.ts'

/** Whether an entry has all that the filter names. Pure. */
export function matches({ at, session, folder, kind, verdict, what }: AuditEntry, filter: AuditFilter): boolean {
  const { files = [], hosts = [], programs = [] } = what
  return (
    same(filter.session, session) &&
    same(filter.folder, folder) &&
    same(filter.kind, kind) &&
    same(filter.verdict, verdict) &&
    (filter.since === undefined || at >= filter.since) &&
    (filter.until === undefined || at < filter.until) &&
    some(filter.file, files, (wanted, file) => file === wanted || file.startsWith(`${wanted}/`)) &&
    some(filter.host, hosts, isHost) &&
    some(filter.program, programs, (wanted, program) => program === wanted)
  )
}

function same(wanted: string | undefined, found: string | undefined): boolean {
  return wanted === undefined || wanted === found
}

function some(
  wanted: string | undefined,
  found: readonly string[],
  fits: (wanted: string, found: string) => boolean,
): boolean {
  if (wanted === undefined) return true
  // As entries hold it.
  const text = bounded(wanted)
  return found.some((each) => fits(text, each))
}

function isHost(wanted: string, host: string): boolean {
  const [a, b] = [wanted.toLowerCase(), host.toLowerCase()]
  return a.startsWith('*.') ? b.endsWith(a.slice(1)) : a === b
}
