import { closeSync, constants, lstatSync, openSync, readdirSync } from 'node:fs'
import { isErrno } from './folder.ts'
import { Pace } from './pace.ts'

/** An open folder each; deeper ones are not counted. */
const maxDepth = 300
const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/**
 * Bytes that a folder takes on the disk, holes not counted, a file of several names once. Follows no link; of what may
 * not be entered or goes meanwhile, nothing is counted.
 */
export async function diskUse(path: string): Promise<number> {
  return await useOf(path, { counted: new Set(), pace: new Pace() }, 0)
}

interface Counting {
  readonly counted: Set<number>
  readonly pace: Pace
}

async function useOf(path: string | Buffer, counting: Counting, depth: number): Promise<number> {
  const { counted, pace } = counting
  if (pace.isOver) await pace.rest()
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (stat.nlink > 1 && !stat.isDirectory()) {
    if (counted.has(stat.ino)) return 0
    counted.add(stat.ino)
  }
  let bytes = stat.blocks * 512
  if (!stat.isDirectory() || depth >= maxDepth) return bytes
  const fd = openFolder(path)
  if (fd === undefined) return bytes
  try {
    const here = `/proc/self/fd/${fd}`
    for (const name of readdirSync(here, { encoding: 'buffer' })) {
      bytes += await useOf(Buffer.concat([Buffer.from(`${here}/`), name]), counting, depth + 1)
    }
  } finally {
    closeSync(fd)
  }
  return bytes
}

function openFolder(path: string | Buffer): number | undefined {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM')) return undefined
    throw error
  }
}
