import { chmodSync, mkdirSync, rmdirSync, type Stats, unlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { folderNotUsable } from '#protocol/errors.ts'
import { copyLink, copyRegular } from './copyFile.ts'
import type { CopyManifest } from './copyManifest.ts'
import { folderStamp } from './copyWalk.ts'
import { forgetMergedFolders, type Look, lookAt } from './differences.ts'
import { clockTickMs, sameState, stampOf } from './fileState.ts'
import { Folder, isErrno } from './folder.ts'
import { foldersAbove, isGitName, isInGit } from './layerPath.ts'
import { Pace } from './pace.ts'
import { removeTree } from './removeTree.ts'
import type { Sides } from './sides.ts'
import { maxDepth, maxSkipped, type Skipped, tooManyChanges } from './upperWalk.ts'

export interface CopySyncParams {
  readonly sides: Sides
  readonly manifest: CopyManifest
  /** A private folder on the file system of the copy. */
  readonly aside: string
  /** Told anew: what of the user's is not copied. */
  readonly leftOut: Skipped[]
}

/**
 * Makes the copy what the user has, but where the agent changed something; at the first time that is all of it. Git's data
 * is taken file by file. Nobody works in the copy meanwhile. A process killed in between goes on from where it was.
 */
export async function syncCopy(params: CopySyncParams): Promise<void> {
  const { sides, manifest, aside, leftOut } = params
  const { bases } = sides
  leftOut.length = 0
  await removeTree(aside)
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  const look = await lookAt(sides)
  // Not all of the agent's work is known: none of it is put at risk.
  if (look.walk.skipped.some(({ path, why }) => path === '' && why === tooManyChanges)) return
  const held = await heldPaths(sides, look)
  const sync = new Sync(params, held)
  const [user, copy] = [Folder.open(sides.user.root), Folder.open(sides.layer.root)]
  try {
    await sync.folder(user, copy, '', 0)
  } catch (error) {
    const why = 'There is not enough room on the disk for a copy of it.'
    throw isErrno(error, 'ENOSPC', 'EDQUOT') ? folderNotUsable(sides.user.root, why) : error
  } finally {
    user.close()
    copy.close()
    manifest.save()
  }
  sync.forgetGone()
  forgetMergedFolders(sides, look)
  for (const path of bases.paths()) {
    if (bases.isPending(path) || !(held.has(path) || sync.isAgentsFolder(path))) bases.forget(path)
  }
  bases.save()
  await bases.sweep()
  manifest.complete()
  // What is written from here on shows in the times.
  if (sync.hasPlaced) await delay(2 * clockTickMs)
}

/** What is the agent's: changes, both ends of renames, what can be no change, and Git's data that is not as it was copied. */
async function heldPaths(sides: Sides, look: Look): Promise<Set<string>> {
  const held = new Set<string>()
  for (const { path, from } of look.differences.values()) {
    held.add(path)
    if (from) held.add(from.path)
  }
  for (const { path, layer } of look.walk.entries) {
    if (layer && (await sides.layer.state(path, layer)).type === 'unusable') held.add(path)
  }
  const { entries } = await sides.view.walk({ withGit: true })
  for (const { path } of entries) if (isInGit(path)) held.add(path)
  return held
}

class Sync {
  hasPlaced = false
  readonly #params: CopySyncParams
  readonly #held: ReadonlySet<string>
  /** Folders with something held in them. */
  readonly #holding: ReadonlySet<string>
  readonly #seen = new Set<string>()
  readonly #pace = new Pace()

  constructor(params: CopySyncParams, held: ReadonlySet<string>) {
    this.#params = params
    this.#held = held
    this.#holding = new Set([...held].flatMap(foldersAbove))
  }

  isAgentsFolder(path: string): boolean {
    const { sides, manifest } = this.#params
    return sides.bases.get(path)?.type === 'absent' && this.#holding.has(path) && !manifest.get(path)
  }

  /** What neither has any more. */
  forgetGone(): void {
    const { manifest } = this.#params
    for (const [path] of [...manifest.entries()]) {
      if (!this.#seen.has(path) && !this.#held.has(path)) manifest.delete(path)
    }
    for (const path of manifest.begun()) manifest.delete(path)
  }

  async folder(user: Folder, copy: Folder, path: string, depth: number): Promise<void> {
    const { names, notText } = user.names()
    if (notText > 0) this.#leaveOut(path, `${notText} names in it are not UTF-8`)
    const theirs = new Set(names)
    for (const name of copy.names().names) {
      if (!theirs.has(name)) await this.#remove(copy, name, join(path, name))
    }
    for (const name of names) {
      if (this.#pace.isOver) await this.#pace.rest()
      const at = join(path, name)
      const stat = user.stat(name)
      if (!stat) continue
      this.#seen.add(at)
      if (this.#held.has(at)) continue
      try {
        if (stat.isDirectory()) await this.#folder(user, copy, name, at, stat, depth)
        else if (stat.isFile() || stat.isSymbolicLink()) await this.#entry(user, copy, name, at, stat)
        else this.#leaveOut(at, 'it is a device, a pipe or a socket')
      } catch (error) {
        if (isErrno(error, 'EACCES', 'EPERM')) this.#leaveOut(at, 'it may not be read')
        // It went, or became something else, since it was listed: the next time sees it.
        else if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EINVAL')) throw error
      }
    }
  }

  async #folder(user: Folder, copy: Folder, name: string, path: string, stat: Stats, depth: number): Promise<void> {
    const { manifest } = this.#params
    if (depth >= maxDepth) return this.#leaveOut(path, `it lies more than ${maxDepth} folders deep`)
    const inner = user.enter(name)
    try {
      let own = copy.stat(name)
      // What the agent removed of it stays so, unless the user has something else in it by now.
      if (!own && this.#holding.has(path) && !this.#hasNews(inner, path)) return this.#seeBelow(path)
      if (own && !own.isDirectory()) {
        await this.#remove(copy, name, path)
        own = undefined
      }
      const copied = manifest.get(path)
      const isAgentsMode = own !== undefined && copied?.isFolder === true && copied.own !== folderStamp(own)
      if (!own || (copied && !isAgentsMode && copied.user !== folderStamp(stat))) {
        manifest.begin(path)
        if (!own) mkdirSync(copy.at(name), { mode: 0o700 })
        // The agent is to work in it, whatever it is to the user.
        chmodSync(copy.at(name), (stat.mode & 0o777) | 0o700)
        own = copy.stat(name)!
      }
      if (!isAgentsMode) manifest.set(path, { isFolder: true, own: folderStamp(own), user: folderStamp(stat) })
      const copyInner = copy.enter(name)
      try {
        await this.folder(inner, copyInner, path, depth + 1)
      } finally {
        copyInner.close()
      }
    } finally {
      inner.close()
    }
  }

  async #entry(user: Folder, copy: Folder, name: string, path: string, stat: Stats): Promise<void> {
    const { sides, manifest, aside } = this.#params
    const own = copy.stat(name)
    const copied = manifest.get(path)
    if (own && !own.isDirectory()) {
      const isUntouched = copied?.own === stampOf(own)
      if (isUntouched && copied.user === stampOf(stat)) return
      if (!isUntouched && (await this.#isSame(path, own, stat))) {
        return manifest.set(path, { isFolder: false, own: stampOf(own), user: stampOf(stat) })
      }
      if (!isUntouched && !(await this.#isBase(path, own))) return
    } else if (own && !(await this.#remove(copy, name, path))) {
      return
    }
    manifest.begin(path)
    const made = stat.isFile() ? await copyRegular(user, copy, name, aside) : copyLink(user, copy, name, aside)
    if (!made) return this.#leaveOut(path, 'its target is not UTF-8')
    this.hasPlaced = true
    manifest.set(path, made)
    sides.layer.forget(path)
  }

  /** The agent came to what the user has, or the user kept it. */
  async #isSame(path: string, own: Stats, stat: Stats): Promise<boolean> {
    const { user, layer } = this.#params.sides
    return sameState(await user.state(path, stat), await layer.state(path, own))
  }

  /** The agent went back to what it began with. */
  async #isBase(path: string, own: Stats): Promise<boolean> {
    const { bases, layer } = this.#params.sides
    const base = bases.get(path)
    return base !== undefined && sameState(base, await layer.state(path, own))
  }

  /** Takes away what the daemon put there, or the agent has no change in; false where something of the agent's stays. */
  async #remove(copy: Folder, name: string, path: string): Promise<boolean> {
    const { manifest } = this.#params
    if (this.#held.has(path)) return false
    const stat = copy.stat(name)
    if (!stat) return true
    const copied = manifest.get(path)
    if (!stat.isDirectory()) {
      if (copied?.own !== stampOf(stat) && !(await this.#isBase(path, stat))) return false
      manifest.begin(path)
      unlinkSync(copy.at(name))
      manifest.delete(path)
      return true
    }
    let isEmpty = true
    const inner = copy.enter(name)
    try {
      const { names, notText } = inner.names()
      if (notText > 0) isEmpty = false
      for (const below of names) {
        if (!(await this.#remove(inner, below, join(path, below)))) isEmpty = false
      }
    } finally {
      inner.close()
    }
    // An empty folder of the agent's own stays, but not where something else is to come.
    const isOurs = copied?.isFolder === true || this.#seen.has(path)
    if (!isEmpty || !isOurs) return false
    manifest.begin(path)
    rmdirSync(copy.at(name))
    manifest.delete(path)
    return true
  }

  /** Whether the user's folder has anything that the agent did not remove. */
  #hasNews(folder: Folder, path: string): boolean {
    return folder.names().names.some((name) => {
      const at = join(path, name)
      if (this.#held.has(at) || isGitName(name)) return false
      const stat = folder.stat(name)
      if (!stat?.isDirectory()) return stat !== undefined
      const copied = this.#params.manifest.get(at)
      if (!this.#holding.has(at) && !copied) return true
      const inner = folder.enter(name)
      try {
        return this.#hasNews(inner, at)
      } finally {
        inner.close()
      }
    })
  }

  #seeBelow(path: string): void {
    for (const [known] of this.#params.manifest.entries()) if (known.startsWith(`${path}/`)) this.#seen.add(known)
  }

  #leaveOut(path: string, why: string): void {
    const { leftOut } = this.#params
    if (leftOut.length < maxSkipped) leftOut.push({ path, why })
  }
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
