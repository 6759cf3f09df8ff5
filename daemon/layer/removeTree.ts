import { chmodSync, closeSync, constants, lstatSync, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { Pace } from './pace.ts'

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/** Removes a folder with everything in it: what its owner may not enter, and names that are no text. Follows no link. */
export async function removeTree(path: string | Buffer, pace = new Pace()): Promise<void> {
  if (pace.isOver) await pace.rest()
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return
  if (!stat.isDirectory()) {
    unlinkSync(path)
    return
  }
  // The mode of a folder of the agent's is whatever the agent chose, and that of overlayfs' own is 0.
  if ((stat.mode & 0o700) !== 0o700) chmodSync(path, 0o700)
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  try {
    const here = `/proc/self/fd/${fd}`
    for (const name of readdirSync(here, { encoding: 'buffer' })) {
      await removeTree(Buffer.concat([Buffer.from(`${here}/`), name]), pace)
    }
  } finally {
    closeSync(fd)
  }
  rmdirSync(path)
}
