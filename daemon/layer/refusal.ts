import { isErrno } from './folder.ts'

export interface Refusal {
  readonly type: 'refused'
  readonly path: string
  readonly why: string
  readonly fix: string
}

const known: readonly { codes: readonly string[]; why: string; fix: string }[] = [
  {
    codes: ['ELOOP', 'ENOTDIR'],
    why: 'A folder on the way to it is a link or a file in your workspace, and nothing is written through those.',
    fix: 'Keep the change that removes it first, or put a real folder there.',
  },
  {
    codes: ['EISDIR', 'ENOTEMPTY', 'EEXIST'],
    why: 'There is a folder of that name in your workspace.',
    fix: 'Move that folder away, then keep again.',
  },
  { codes: ['EACCES', 'EPERM'], why: 'You may not write there.', fix: 'Make the folder writable, then keep again.' },
  { codes: ['EROFS'], why: 'The file system is read-only.', fix: 'Make it writable, then keep again.' },
  { codes: ['ENOSPC', 'EDQUOT'], why: 'The disk is full.', fix: 'Free some space, then keep again.' },
  { codes: ['ENAMETOOLONG'], why: 'The name is too long for your file system.', fix: 'Ask the agent to rename it.' },
]

/** A refusal for trouble of the file system; anything else is a bug and is thrown on. */
export function refusalFor(path: string, error: unknown): Refusal {
  const row = known.find(({ codes }) => isErrno(error, ...codes))
  if (row) return { type: 'refused', path, why: row.why, fix: row.fix }
  if (error instanceof Error && 'syscall' in error) {
    return {
      type: 'refused',
      path,
      why: `The file system refused it: ${error.message}`,
      fix: 'Look at the disk, then try again.',
    }
  }
  throw error
}
