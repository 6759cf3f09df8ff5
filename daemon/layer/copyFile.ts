import { chmodSync, closeSync, fstatSync, renameSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Copied } from './copyManifest.ts'
import { copyOpen, copyOpenSync } from './copyOpen.ts'
import { clockTickMs, openRegular, stampOf } from './fileState.ts'
import type { Folder } from './folder.ts'

/** Beyond this a thread's round trip costs less than standing still. */
const smallBytes = 256 * 1024
const settledMs = 2 * clockTickMs

/**
 * Copies one regular file into its place, whole or not at all: made in the folder `aside`, of the same file system, and
 * moved over what is there. Where the file system can, nothing is copied until one of the two is written. What changes
 * while it is copied is copied again, and once more; then it is taken as it is and will be copied anew. Throws as Node does.
 */
export async function copyRegular(from: Folder, to: Folder, name: string, aside: string): Promise<Copied> {
  const made = join(aside, 'file')
  for (let attempt = 0; ; attempt++) {
    const fd = openRegular(from, name)
    let isOne: boolean
    let user: string
    try {
      const age = Date.now() - fstatSync(fd).ctimeMs
      // A change in the same tick as its last one would not show in its times.
      if (age >= 0 && age <= settledMs) await delay(settledMs - age + 1)
      const stat = fstatSync(fd)
      user = stampOf(stat)
      unlinkIfThere(made)
      if (stat.size <= smallBytes) copyOpenSync(fd, made)
      else await copyOpen(fd, made)
      isOne = stampOf(fstatSync(fd)) === user
      chmodSync(made, stat.mode & 0o777)
      utimesSync(made, stat.atime, stat.mtime)
    } finally {
      closeSync(fd)
    }
    if (!isOne && attempt < 2) continue
    renameSync(made, to.at(name))
    return { isFolder: false, own: stampOf(to.stat(name)!), user: isOne ? user : '' }
  }
}

/** As `copyRegular`, of a link; undefined where its target is no text. */
export function copyLink(from: Folder, to: Folder, name: string, aside: string): Copied | undefined {
  const made = join(aside, 'link')
  const user = from.stat(name)
  const target = from.linkTarget(name)
  if (target === undefined || !user) return undefined
  unlinkIfThere(made)
  symlinkSync(target, made)
  renameSync(made, to.at(name))
  return { isFolder: false, own: stampOf(to.stat(name)!), user: stampOf(user) }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
