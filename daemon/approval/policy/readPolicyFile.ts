import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** What lies where a policy file may. */
export type PolicyFile =
  | { readonly type: 'absent' }
  /** There is something, and it cannot be taken for a policy. */
  | { readonly type: 'unreadable'; readonly what: string; readonly fix: string }
  | {
      readonly type: 'text'
      readonly text: string
      /** Of its bytes, in hex. */
      readonly sha256: string
      /** Why nobody vouches for what it says; absent where its owner does. */
      readonly doubt?: string | undefined
    }

export interface ReadOptions {
  readonly maxBytes: number
  /** Neither the file nor its folder may be a link. */
  readonly unlinked?: true
  /** Who may own the file and its folder, and which others (mode bits) must not write them. Absent: whoever. */
  readonly owners?: Owners | undefined
}

export interface Owners {
  readonly users: readonly number[]
  readonly closedTo: number
}

const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_DIRECTORY } = constants

/** Reads it whole or not at all, without waiting for whatever else it may be. Never throws. */
export function readPolicyFile(file: string, options: ReadOptions): PolicyFile {
  try {
    return options.unlinked ? readUnlinked(file, options) : readFrom(file, O_RDONLY | O_NONBLOCK, options)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { type: 'absent' }
    if (code === 'ELOOP' || code === 'EMLINK') return linked
    return { type: 'unreadable', what: `it cannot be read: ${message}`, fix: 'Make it readable, or remove it.' }
  }
}

/** Says whether a file may have changed, by looking at it and its folder but not into them. */
export function stampOf(file: string): string {
  const [stat, folder] = [lookAt(file, lstatSync), lookAt(dirname(file), lstatSync)]
  const target = stat?.isSymbolicLink() ? lookAt(file, statSync) : undefined
  const place = folder ? `${folder.ino}:${folder.mode}:${folder.uid}` : '-'
  return `${contentStamp(stat)} ${contentStamp(target)} ${place}`
}

const linked: PolicyFile = {
  type: 'unreadable',
  what: 'it, or the folder that it lies in, is a link',
  fix: 'Put a plain file there: none is followed.',
}

/** Through the open folder where the system shows it, so that it cannot become another one on the way. */
function readUnlinked(file: string, options: ReadOptions): PolicyFile {
  const folder = dirname(file)
  if (lstatSync(folder).isSymbolicLink()) return linked
  const fd = openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  try {
    const name = file.slice(folder.length + 1)
    const within = process.platform === 'linux' ? `/proc/self/fd/${fd}/${name}` : file
    const read = readFrom(within, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, options)
    const [opened, named] = [fstatSync(fd), lstatSync(folder)]
    return opened.ino === named.ino && opened.dev === named.dev ? read : linked
  } finally {
    closeSync(fd)
  }
}

function readFrom(file: string, flags: number, { maxBytes, owners }: ReadOptions): PolicyFile {
  const fd = openSync(file, flags)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return { type: 'unreadable', what: 'it is no plain file', fix: 'Put a plain file there.' }
    const bytes = Buffer.alloc(Math.min(stat.size, maxBytes) + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(fd, bytes, length, bytes.length - length, null)
    }
    if (length > maxBytes || length === bytes.length) {
      const what = `it has more than ${maxBytes} bytes, or grows while it is read`
      return { type: 'unreadable', what, fix: 'Leave fewer rules in it.' }
    }
    return { type: 'text', ...decoded(bytes.subarray(0, length)), doubt: owners && doubtOf(file, stat, owners) }
  } catch (error) {
    if (error instanceof TypeError) return { type: 'unreadable', what: 'it is no UTF-8', fix: 'Save it as UTF-8.' }
    throw error
  } finally {
    closeSync(fd)
  }
}

function decoded(bytes: Uint8Array) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  return { text, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Why others than its owners may have written it. */
function doubtOf(file: string, stat: Stats, { users, closedTo }: Owners): string | undefined {
  const folder = statSync(dirname(file))
  if (!users.includes(stat.uid) || !users.includes(folder.uid)) return 'it or its folder belongs to somebody else'
  return (stat.mode | folder.mode) & closedTo ? 'others may write it or its folder' : undefined
}

function lookAt(path: string, look: typeof lstatSync | typeof statSync): Stats | undefined {
  try {
    return look(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function contentStamp(stat: Stats | undefined): string {
  return stat ? `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}:${stat.mode}:${stat.uid}` : '-'
}
