import { memoryWords } from '#protocol/memoryWords.ts'
import type { ResultOf } from '#protocol/methods.ts'
import { withRunner } from '#protocol/runnerWords.ts'
import { visible } from '#protocol/visible.ts'

export type Info = ResultOf<'sandbox/inspect'>['sandbox']

/** One line for each sandbox. */
export function listLines(sandboxes: readonly Info[]): string[] {
  if (sandboxes.length === 0) return ['No workspace has a sandbox yet.']
  const rows = sandboxes.map(({ state, settings, folder, open, snapshots, unusedDays }) => [
    state,
    settings.kind,
    open.length > 0 ? `${open.length} open` : '',
    snapshots.length > 0 ? plural(snapshots.length, 'snapshot') : '',
    unusedDays === undefined ? '' : `unused for ${unusedDays} days`,
    visible(folder),
  ])
  return aligned([['STATE', 'KIND', 'OPEN', 'SNAPSHOTS', '', 'WORKSPACE'], ...rows])
}

/** All there is to say of one. */
export function infoLines(info: Info): string[] {
  const { settings, disk } = info
  const facts: [string, string][] = [
    ['Workspace', visible(info.folder)],
    [
      'State',
      [info.state, info.memory && memoryWords[info.memory], info.why, info.fix]
        .filter(Boolean)
        .map((part) => visible(part as string))
        .join(' · '),
    ],
    ['Kind', `${withRunner(settings.kind, info.runner)}${settings.image ? `, image ${visible(settings.image)}` : ''}`],
  ]
  if (info.createdAt !== undefined) facts.push(['Made', dateOf(info.createdAt)])
  if (info.usedAt !== undefined) facts.push(['Used', dateOf(info.usedAt)])
  if (disk) {
    const parts = Object.entries(disk).map(([name, bytes]) => `${name} ${sizeOf(bytes)}`)
    facts.push(['Disk', `${parts.join(', ')}, of ${sizeOf(info.diskLimit)}`])
  }
  for (const { session, kind, runner, since, limits, ports, resumed } of info.open) {
    const held = Object.entries(limits).map(([name, how]) => `${name} ${howHeld[how]}`)
    facts.push(['Open', `session ${session}, ${withRunner(kind, runner)}, since ${dateOf(since)}`])
    if (held.length > 0) facts.push(['', held.join(', ')])
    if (resumed?.type === 'lost')
      facts.push(['', `its programs of before it was suspended are lost: ${visible(resumed.why)}`])
    for (const { port, program } of ports) facts.push(['', `port ${port}${program ? ` (${visible(program)})` : ''}`])
  }
  for (const { name, at, bytes, kind } of info.snapshots) {
    facts.push(['Snapshot', `${visible(name)}, ${kind}, ${sizeOf(bytes)}, ${dateOf(at)}`])
  }
  return aligned(facts)
}

/** Columns as wide as their longest word; the last as it comes. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((word, column) => (column === row.length - 1 ? word : word.padEnd(widths[column] ?? 0)))
      .filter((_, column) => (widths[column] ?? 0) > 0)
      .join('  ')
      .trimEnd(),
  )
}

/** In units of 1,024. */
export function sizeOf(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10))
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`
}

const howHeld = { whole: 'held', perProcess: 'held for each process', notEnforced: 'NOT ENFORCED' } as const

function dateOf(at: number): string {
  return new Date(at).toLocaleString()
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
