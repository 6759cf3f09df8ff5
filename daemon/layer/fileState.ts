import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats } from 'node:fs'
import { promisify } from 'node:util'
import { type Folder, inParent, isErrno } from './folder.ts'
import { asText, countLines } from './text.ts'

/** What a path is, on one side. `sha256` is of the content; `lines` counts only where it is text. */
export type FileState =
  | { readonly type: 'absent' }
  | FileContent
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'folder' }
  /** A device, a pipe, a socket, or a file that may not be read. Never opened, never kept. */
  | { readonly type: 'unusable'; readonly why: string }

export interface FileContent {
  readonly type: 'file'
  readonly size: number
  readonly mode: number
  readonly sha256: string
  readonly text: boolean
  readonly lines: number
}

/** A state with what it was read from. */
export interface Reading {
  readonly state: FileState
  /** Of a regular file up to `maxHeldBytes`. */
  readonly bytes?: Buffer
  /** Equal stamps mean equal content; undefined where the file was too young or moving, and must be read again. */
  readonly stamp?: string
  readonly ctimeMs: number
}

/** Files up to this size are held in memory while they are compared, and stored as bases. */
export const maxHeldBytes = 8 * 1024 * 1024
/** Content beyond this is told apart by size and time alone. */
export const maxHashedBytes = 1024 * 1024 * 1024

/** A change in the same tick of the file system's clock leaves the times as they are; no tick is longer than this. */
export const clockTickMs = 10

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const readAsync = promisify(read)
const absent: Reading = { state: { type: 'absent' }, ctimeMs: 0 }

/** Reads what `path` is under `root`, never following a link, never opening anything but regular files. */
export async function readPath(root: string, path: string): Promise<Reading> {
  try {
    return await inParent(root, path, readEntry)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return absent
    if (isErrno(error, 'EACCES', 'EPERM')) return unusable('a folder above it may not be entered')
    throw error
  }
}

/** As `readPath`, in an open folder. */
export async function readEntry(parent: Folder, name: string): Promise<Reading> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const stat = parent.stat(name)
    if (!stat) return absent
    try {
      if (stat.isDirectory()) return { state: { type: 'folder' }, ctimeMs: stat.ctimeMs }
      if (stat.isSymbolicLink()) return readLink(parent, name, stat)
      if (!stat.isFile()) return unusable('it is a device, a pipe or a socket')
      return await readRegular(parent, name)
    } catch (error) {
      if (isErrno(error, 'EACCES', 'EPERM')) return unusable('it may not be read')
      // Swapped for something else between the two calls: look again.
      if (!isErrno(error, 'ENOENT', 'ELOOP', 'ENXIO', 'EINVAL')) throw error
    }
  }
  return unusable('it changes faster than it can be read')
}

/** A descriptor to read a regular file by. Throws as `open` does, and ENXIO for anything but a regular file. */
export function openRegular(parent: Folder, name: string): number {
  const fd = openSync(parent.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw Object.assign(new Error(`${name} is not a regular file`), { code: 'ENXIO', syscall: 'open' })
}

/** While this stays, the file was not written: a change of its content moves `ctime`. */
export function stampOf(stat: Stats): string {
  return `${stat.ino}:${stat.size}:${stat.mode}:${stat.mtimeMs}:${stat.ctimeMs}`
}

/** Content, and for a file its mode too. What is not known or not usable equals nothing. */
export function sameState(a: { readonly type: string }, b: { readonly type: string }): boolean {
  return sameContent(a, b) && (a as Partial<FileContent>).mode === (b as Partial<FileContent>).mode
}

/** As `sameState`, whatever the modes. */
export function sameContent(a: { readonly type: string }, b: { readonly type: string }): boolean {
  if (a.type !== b.type) return false
  switch (a.type) {
    case 'absent':
      return true
    case 'file':
      return (a as FileContent).sha256 === (b as FileContent).sha256
    case 'symlink':
      return (a as { target?: string }).target === (b as { target?: string }).target
    default:
      return false
  }
}

/** The state of a file with this content. */
export function contentState(bytes: Uint8Array, mode: number): FileContent {
  const text = asText(bytes)
  return {
    type: 'file',
    size: bytes.length,
    mode: mode & 0o777,
    sha256: sha256(bytes),
    text: text !== undefined,
    lines: text === undefined ? 0 : countLines(text),
  }
}

/** In hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function readLink(parent: Folder, name: string, stat: Stats): Reading {
  const target = parent.linkTarget(name)
  if (target === undefined) return unusable('its target is not UTF-8')
  return { state: { type: 'symlink', target }, stamp: stampOf(stat), ctimeMs: stat.ctimeMs }
}

async function readRegular(parent: Folder, name: string): Promise<Reading> {
  const fd = openRegular(parent, name)
  try {
    const before = fstatSync(fd)
    const readAt = Date.now()
    const { bytes, state } = await readContent(fd, before)
    const stamp = stampOf(before)
    const settled = stamp === stampOf(fstatSync(fd)) && readAt - before.ctimeMs > 2 * clockTickMs
    return { state, ctimeMs: before.ctimeMs, ...(bytes && { bytes }), ...(settled && { stamp }) }
  } finally {
    closeSync(fd)
  }
}

async function readContent(fd: number, stat: Stats): Promise<{ bytes?: Buffer; state: FileContent }> {
  const mode = stat.mode & 0o777
  if (stat.size <= maxHeldBytes) {
    const bytes = await readUpTo(fd, stat.size)
    return { bytes, state: contentState(bytes, mode) }
  }
  const sha256 = stat.size > maxHashedBytes ? `size ${stat.size} time ${stat.mtimeMs}` : await hashFile(fd, stat.size)
  return { state: { type: 'file', size: stat.size, mode, sha256, text: false, lines: 0 } }
}

async function readUpTo(fd: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    // Small files are the rule, and a thread's round trip costs more than reading one.
    const count =
      size <= 256 * 1024
        ? readSync(fd, buffer, length, size - length, length)
        : (await readAsync(fd, buffer, length, size - length, length)).bytesRead
    if (count === 0) break
    length += count
  }
  return buffer.subarray(0, length)
}

async function hashFile(fd: number, size: number): Promise<string> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(1024 * 1024)
  let at = 0
  while (at < size) {
    const { bytesRead } = await readAsync(fd, buffer, 0, Math.min(buffer.length, size - at), at)
    if (bytesRead === 0) break
    hash.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
  return hash.digest('hex')
}

function unusable(why: string): Reading {
  return { state: { type: 'unusable', why }, ctimeMs: 0 }
}
