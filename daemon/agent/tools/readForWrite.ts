import type { Sandbox } from '../../sandbox/sandbox.ts'
import { counted } from './text.ts'

/** A file that a tool changes may be this big; it is held in memory while that is done. */
const maxBytes = 32 * 1024 * 1024

export type WriteTarget =
  | { readonly type: 'file'; readonly bytes: Uint8Array; readonly mode: number }
  | { readonly type: 'absent' }
  | { readonly type: 'refused'; readonly message: string }

/** What stands at `path` before a tool writes there; refused where it is no regular file of a fitting size. */
export async function readForWrite(sandbox: Sandbox, path: string): Promise<WriteTarget> {
  const stat = await sandbox.stat(path)
  if (stat.type === 'fault') {
    return stat.code === 'notFound' ? { type: 'absent' } : { type: 'refused', message: stat.message }
  }
  if (stat.kind === 'symlink') {
    return { type: 'refused', message: `${path} is a symbolic link to ${stat.target}. Name the file itself.` }
  }
  if (stat.kind !== 'file') return { type: 'refused', message: `${path} is not a regular file but a ${stat.kind}.` }
  if (stat.size > maxBytes) return { type: 'refused', message: tooLarge(path, stat.size) }
  const read = await sandbox.readFile(path, { maxBytes: maxBytes + 1 })
  if (read.type === 'fault') return { type: 'refused', message: read.message }
  // It may have grown since.
  if (read.bytes.length < read.size) return { type: 'refused', message: tooLarge(path, read.size) }
  return { type: 'file', bytes: read.bytes, mode: read.mode }
}

function tooLarge(path: string, size: number): string {
  return `${path} has ${counted(size, 'byte')}, too many for this tool. Change it with exec.`
}
