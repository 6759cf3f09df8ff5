import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whole or not at all, for this user alone, and on the disk itself. Where the name is a link, what it leads to is replaced. */
export function writePolicyFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const place = targetOf(file)
  const aside = `${place}.${randomBytes(6).toString('hex')}`
  try {
    const fd = openSync(aside, 'wx', 0o600)
    try {
      writeFileSync(fd, text)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(aside, place)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
}

function targetOf(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}
