import { constants } from 'node:fs'
import { lstat, mkdir, open, symlink, unlink } from 'node:fs/promises'
import { readTar, type TarEntry } from './tarReader.ts'

interface Unpacked {
  readonly files: number
  readonly bytes: number
}

const longestPath = 4096

/**
 * Writes an archive that came out of a sandbox to `target`: its first member is what `target` becomes, the others lie below.
 * Nothing is written through a link, and no link is made that leads out of `target`; what is left out, `leftOut` hears of.
 * Without `force` nothing that is there is replaced; with it, files and links are, and folders are written into. Rejects at
 * the first thing that cannot be; what was written stays.
 */
export async function unpack(
  stream: AsyncIterable<Buffer>,
  target: string,
  { force, leftOut }: { force: boolean; leftOut: (path: string, why: string) => void },
): Promise<Unpacked> {
  /** Folders of the archive, each seen to be one and no link. */
  const folders = new Set<string>()
  let files = 0
  let bytes = 0
  let isFirst = true
  for await (const entry of readTar(stream)) {
    const parts = isFirst && entry.kind !== 'folder' ? [] : partsOf(entry.name)
    const path = Buffer.concat([Buffer.from(target), ...parts.map((part) => Buffer.from(`/${part}`, 'latin1'))])
    if (isFirst ? parts.length > 0 : !folders.has(parts.slice(0, -1).join('/')) || parts.length === 0) {
      throw new Error(`The archive has something at an odd place (${printable(entry.name)}).`)
    }
    isFirst = false
    if (entry.kind === 'folder') {
      await makeFolder(path, entry.mode, force)
      folders.add(parts.join('/'))
    } else if (entry.kind === 'file') {
      bytes += await writeFile(path, entry, force)
      files += 1
    } else if (entry.kind === 'symlink' && staysInside(parts.length, entry.target)) {
      if (force) await remove(path)
      await symlink(Buffer.from(entry.target, 'latin1'), path)
      files += 1
    } else {
      const why = entry.kind === 'symlink' ? 'a link that leads out of what is copied' : 'neither file, folder nor link'
      leftOut(printable(entry.name), why)
    }
  }
  return { files, bytes }
}

function partsOf(name: string): string[] {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (name.startsWith('/') || name.includes('\0') || name.length > longestPath || parts.includes('..')) {
    throw new Error(`The archive has a name that leads elsewhere (${printable(name)}).`)
  }
  return parts
}

/** Up first and then only down: an ".." after a name would lead to wherever that name does. `depth` is that of the link. */
function staysInside(depth: number, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return false
  const parts = target.split('/').filter((part) => part !== '' && part !== '.')
  const down = parts.findIndex((part) => part !== '..')
  const ups = down < 0 ? parts.length : down
  return ups < depth && !parts.slice(ups).includes('..')
}

async function makeFolder(path: Buffer, mode: number, force: boolean): Promise<void> {
  try {
    await mkdir(path, { mode: mode | 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !force) throw error
    if (!(await lstat(path)).isDirectory()) throw new Error(`${path} is in the way: it is no folder.`)
  }
}

async function writeFile(path: Buffer, entry: TarEntry, force: boolean): Promise<number> {
  if (force) await remove(path)
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, entry.mode)
  try {
    for await (const piece of entry.content()) await handle.writeFile(piece)
  } finally {
    await handle.close()
  }
  return entry.size
}

/** A file or a link, never a folder. */
async function remove(path: Buffer): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return
  if (found.isDirectory()) throw new Error(`${path} is in the way: it is a folder.`)
  await unlink(path)
}

function printable(name: string): string {
  return Buffer.from(name, 'latin1').toString().slice(0, 300)
}
