import type { EnvironmentBytes } from './snapshots.ts'
import type { Unreadable, WorkspaceRecord } from './workspaceRecord.ts'

interface Lost {
  readonly record: WorkspaceRecord
  readonly unreadable: Unreadable | undefined
  readonly bytes: EnvironmentBytes
  /** Open sandboxes. */
  readonly open: number
}

/** What a reset or a disposal takes away and what it leaves, in sentences for the person who is asked. */
export function lossOf(what: 'reset' | 'dispose', { record, unreadable, bytes, open }: Lost): string[] {
  const { snapshots, settings } = record
  const all = what === 'dispose'
  return [
    `The sandbox's home directory goes, with what was installed into it and every cache: ${megabytes(bytes.home)}.`,
    bytes.system > 0 && `Installed system packages go: ${megabytes(bytes.system)}.`,
    open > 0 && `What runs in ${counted(open, 'open sandbox', 'open sandboxes')} ends.`,
    all && snapshots.length > 0 && `${counted(snapshots.length, 'snapshot goes', 'snapshots go')}: ${namesOf(record)}.`,
    !all && snapshots.length > 0 && `${counted(snapshots.length, 'snapshot stays', 'snapshots stay')}.`,
    all && Object.keys(settings).length > 0 && 'Its settings go: kind, limits, network rules and secret references.',
    unreadable && 'What was set and which snapshots there are cannot be read, and goes; the file itself is laid aside.',
    'Your files, sessions and their unkept changes are not touched.',
  ].filter((sentence) => typeof sentence === 'string')
}

function namesOf({ snapshots }: WorkspaceRecord): string {
  const bytes = snapshots.reduce((sum, snapshot) => sum + snapshot.bytes, 0)
  return `${snapshots.map(({ name }) => `“${name}”`).join(', ')} (${megabytes(bytes)})`
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

function megabytes(bytes: number): string {
  return bytes < 2 ** 20 ? 'less than 1 MB' : `${Math.round(bytes / 2 ** 20).toLocaleString('en')} MB`
}
