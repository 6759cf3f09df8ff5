import type { Stats } from 'node:fs'
import type { CopyManifest } from './copyManifest.ts'
import { stampOf } from './fileState.ts'
import { Folder, isErrno, statIn } from './folder.ts'
import { foldersAbove, isGitName, isInGit } from './layerPath.ts'
import { Pace } from './pace.ts'
import {
  maxDepth,
  maxEntries,
  maxSkipped,
  type Skipped,
  tooManyChanges,
  type UpperEntry,
  type UpperWalk,
} from './upperWalk.ts'

/**
 * Everything in a copy that is not as it was copied, by stamps: no content is read. O(what the copy holds), which without
 * a watch cannot be less. Never through a link.
 */
export async function walkCopy(
  user: string,
  copy: string,
  manifest: CopyManifest,
  { withGit = false } = {},
): Promise<UpperWalk> {
  const walk = new Walk(user, manifest, withGit)
  const root = Folder.open(copy)
  try {
    await walk.folder(root, '', 0)
  } finally {
    root.close()
  }
  await walk.gone()
  return walk
}

/** What tells a folder of the agent's making or changing from one that was copied. */
export function folderStamp(stat: Stats): string {
  return `${stat.mode & 0o777}`
}

class Walk implements UpperWalk {
  readonly entries: UpperEntry[] = []
  readonly folders: UpperWalk['folders'][number][] = []
  readonly goneFolders: string[] = []
  readonly skipped: Skipped[] = []
  readonly #user: string
  readonly #manifest: CopyManifest
  readonly #withGit: boolean
  /** What was copied and is still there, as a file or as a folder. */
  readonly #there = new Set<string>()
  readonly #closed = new Set<string>()
  readonly #pace = new Pace()

  constructor(user: string, manifest: CopyManifest, withGit: boolean) {
    this.#user = user
    this.#manifest = manifest
    this.#withGit = withGit
  }

  async folder(folder: Folder, path: string, depth: number): Promise<void> {
    const { names, notText } = folder.names()
    if (notText > 0) this.#skip(path, `${notText} names in it are not UTF-8`)
    for (const name of names) {
      if (!this.#withGit && isGitName(name)) continue
      if (this.#isFull()) return
      if (this.#pace.isOver) await this.#pace.rest()
      const inner = path === '' ? name : `${path}/${name}`
      const stat = this.#stat(folder, name, inner)
      if (!stat) continue
      if (stat.isDirectory()) await this.#inFolder(folder, name, inner, stat, depth)
      else this.#file(inner, stat)
    }
  }

  /** What was copied and is no longer there. */
  async gone(): Promise<void> {
    if (this.#isFull()) return
    const gone = new Set<string>()
    const missing: string[] = []
    for (const [path, { isFolder }] of this.#manifest.entries()) {
      if (this.#there.has(path) || (!this.#withGit && isInGit(path))) continue
      if (this.#closed.size > 0 && [path, ...foldersAbove(path)].some((above) => this.#closed.has(above))) continue
      if (isFolder) gone.add(path)
      else missing.push(path)
    }
    for (const path of [...gone].sort()) if (this.#usersAt(path)?.isDirectory()) this.goneFolders.push(path)
    for (const path of missing) {
      if (this.#isFull()) return
      if (this.#pace.isOver) await this.#pace.rest()
      const user = this.#usersAt(path)
      // A folder that the user made of the file meanwhile is not the agent's to have removed.
      if (user?.isDirectory()) continue
      const goneWith = foldersAbove(path).find((above) => gone.has(above))
      this.entries.push({ path, layer: undefined, user, ...(goneWith && { goneWith }) })
    }
  }

  #file(path: string, stat: Stats): void {
    const copied = this.#manifest.get(path)
    if (copied && !copied.isFolder) this.#there.add(path)
    if (copied && !copied.isFolder && copied.own === stampOf(stat)) return
    this.entries.push({ path, layer: stat, user: this.#usersAt(path) })
  }

  async #inFolder(parent: Folder, name: string, path: string, stat: Stats, depth: number): Promise<void> {
    const copied = this.#manifest.get(path)
    if (copied?.isFolder) this.#there.add(path)
    if (!copied?.isFolder || copied.own !== folderStamp(stat)) {
      const user = this.#usersAt(path)
      const inUser = user?.isDirectory() === true
      this.folders.push({
        ...{ path, inUser, isNew: !user, opaque: false, covers: false, mode: stat.mode & 0o777 },
        userMode: inUser ? user.mode & 0o777 : undefined,
      })
    }
    if (depth >= maxDepth) return this.#close(path, `it lies more than ${maxDepth} folders deep`)
    const folder = this.#enter(parent, name, path)
    if (!folder) return
    try {
      await this.folder(folder, path, depth + 1)
    } finally {
      folder.close()
    }
  }

  #enter(parent: Folder, name: string, path: string): Folder | undefined {
    try {
      return parent.enter(name)
    } catch (error) {
      if (isErrno(error, 'EACCES', 'EPERM')) this.#close(path, 'it may not be entered')
      // Swapped or removed since it was listed: the next walk sees what it is by then.
      else if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) this.#close(path, 'it changed while it was looked at')
      else throw error
      return undefined
    }
  }

  #stat(folder: Folder, name: string, path: string): Stats | undefined {
    try {
      return folder.stat(name)
    } catch (error) {
      if (!isErrno(error, 'EACCES', 'EPERM')) throw error
      this.#close(path, 'it may not be looked at')
      return undefined
    }
  }

  #usersAt(path: string): Stats | undefined {
    try {
      return statIn(this.#user, path)
    } catch (error) {
      if (isErrno(error, 'EACCES', 'EPERM')) return undefined
      throw error
    }
  }

  /** Nothing in it can be said to be gone. */
  #close(path: string, why: string): void {
    this.#closed.add(path)
    this.#skip(path, why)
  }

  #isFull(): boolean {
    if (this.entries.length < maxEntries) return false
    this.#skip('', tooManyChanges)
    return true
  }

  #skip(path: string, why: string): void {
    const last = this.skipped.at(-1)
    if (this.skipped.length < maxSkipped && (last?.path !== path || last.why !== why)) this.skipped.push({ path, why })
  }
}
