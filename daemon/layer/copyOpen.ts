import {
  closeSync,
  constants,
  copyFile,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  read as readWithCallback,
  statSync,
  unlinkSync,
  writeSync,
  write as writeWithCallback,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { isErrno } from './folder.ts'

const cloneAsync = promisify(copyFile)
const readAsync = promisify(readWithCallback)
const writeAsync = promisify(writeWithCallback)
const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants
const cloneOnly = COPYFILE_EXCL | COPYFILE_FICLONE_FORCE
const pieceBytes = 1024 * 1024

/** File systems, as from and to, that cannot share blocks: not tried for each file anew. */
const withoutClones = new Set<string>()

/**
 * Copies an open file to a path where nothing is (0600), by reflink where the file systems can. What others do to the file
 * meanwhile is no matter: no more is copied than it has now, and less where it is cut short. Node's own `copyFile` is used
 * for reflinks only, because one that has to copy waits for ever for the bytes of a file that was cut short.
 */
export async function copyOpen(fd: number, to: string): Promise<void> {
  const pair = cloning(fd, to)
  if (pair) {
    try {
      return await cloneAsync(`/proc/self/fd/${fd}`, to, cloneOnly)
    } catch (error) {
      notCloned(error, pair)
    }
  }
  const made = openSync(to, 'wx', 0o600)
  try {
    const { size } = fstatSync(fd)
    const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, size))
    for (let at = 0; at < size; ) {
      const { bytesRead } = await readAsync(fd, buffer, 0, Math.min(buffer.length, size - at), at)
      if (bytesRead === 0) break
      for (let done = 0; done < bytesRead; ) {
        done += (await writeAsync(made, buffer, done, bytesRead - done, at + done)).bytesWritten
      }
      at += bytesRead
    }
  } catch (error) {
    unlinkSync(to)
    throw error
  } finally {
    closeSync(made)
  }
}

/** As `copyOpen`, of a small file. */
export function copyOpenSync(fd: number, to: string): void {
  const pair = cloning(fd, to)
  if (pair) {
    try {
      copyFileSync(`/proc/self/fd/${fd}`, to, cloneOnly)
      return
    } catch (error) {
      notCloned(error, pair)
    }
  }
  const made = openSync(to, 'wx', 0o600)
  try {
    const { size } = fstatSync(fd)
    const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, size))
    for (let at = 0; at < size; ) {
      const count = readSync(fd, buffer, 0, Math.min(buffer.length, size - at), at)
      if (count === 0) break
      for (let done = 0; done < count; ) done += writeSync(made, buffer, done, count - done, at + done)
      at += count
    }
  } catch (error) {
    unlinkSync(to)
    throw error
  } finally {
    closeSync(made)
  }
}

/** What to remember it by that these cannot; undefined where that is known. */
function cloning(fd: number, to: string): string | undefined {
  const pair = `${fstatSync(fd).dev} ${statSync(dirname(to)).dev}`
  return withoutClones.has(pair) ? undefined : pair
}

function notCloned(error: unknown, pair: string): void {
  if (isErrno(error, 'EEXIST', 'ENOSPC', 'EDQUOT', 'EIO')) throw error
  if (isErrno(error, 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'ENOTTY', 'ENOSYS')) withoutClones.add(pair)
}
