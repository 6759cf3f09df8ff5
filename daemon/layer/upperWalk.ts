import type { Stats } from 'node:fs'
import { Folder, isErrno } from './folder.ts'
import { isGitName } from './layerPath.ts'
import type { OverlayMarks } from './overlayMarks.ts'
import { Pace } from './pace.ts'

/** A path at which the layer has something of its own to say. */
export interface UpperEntry {
  readonly path: string
  /** Of the layer's own entry; undefined where the layer says that there is nothing. */
  readonly layer: Stats | undefined
  /** Of what the user's folder has there now. */
  readonly user: Stats | undefined
  /** Where the entry is gone because a folder above it is: the outermost such folder. */
  readonly goneWith?: string
}

interface UpperFolder {
  readonly path: string
  /** The user has a folder there, too. */
  readonly inUser: boolean
  /** The user has nothing there. */
  readonly isNew: boolean
  /** Marked as such itself. */
  readonly opaque: boolean
  /** It, or a folder above it, is opaque: nothing of the user's folder shows through. */
  readonly covers: boolean
  readonly mode: number
  /** Of the user's folder, where there is one. */
  readonly userMode: number | undefined
}

export interface UpperWalk {
  readonly entries: readonly UpperEntry[]
  /** Outer folders before inner ones. */
  readonly folders: readonly UpperFolder[]
  /** Folders of the user's that are gone in the layer, outer ones before inner ones. */
  readonly goneFolders: readonly string[]
  /** What was left out, and why. */
  readonly skipped: readonly Skipped[]
}

export interface Skipped {
  /** Relative; of a name that is no text, the folder that holds it. '' is the workspace itself. */
  readonly path: string
  readonly why: string
}

export const maxDepth = 200
export const maxEntries = 100_000
/** Why the workspace itself is among what was left out. */
export const tooManyChanges = `there are more than ${maxEntries} changes`
/** How much that was left out is told of. */
export const maxSkipped = 200

/**
 * Everything that an overlay's upper directory says, in O(what it holds) and never through a link. Git's data is left
 * out unless it is asked for. The agent may be changing it meanwhile: each entry is as it was at some moment of the walk.
 */
export async function walkUpper(
  lower: string,
  upper: string,
  marks: OverlayMarks,
  { withGit = false } = {},
): Promise<UpperWalk> {
  marks.beginLook()
  for (let round = 0; ; round++) {
    const walk = new Walk(marks, withGit)
    await walk.start(lower, upper)
    if (walk.undecided.length === 0 || round === 3) {
      return walk
    }
    await marks.ask(walk.undecided)
  }
}

function isWhiteout(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0
}

class Walk implements UpperWalk {
  readonly entries: UpperEntry[] = []
  readonly folders: UpperFolder[] = []
  readonly goneFolders: string[] = []
  readonly skipped: Skipped[] = []
  readonly undecided: { path: string; stat: Stats }[] = []
  readonly #marks: OverlayMarks
  readonly #withGit: boolean
  readonly #pace = new Pace()

  constructor(marks: OverlayMarks, withGit: boolean) {
    this.#marks = marks
    this.#withGit = withGit
  }

  async start(lower: string, upper: string): Promise<void> {
    const upperRoot = Folder.open(upper)
    try {
      const lowerRoot = Folder.open(lower)
      try {
        await this.#folder({ upper: upperRoot, lower: lowerRoot, path: '', covers: false, depth: 0 })
      } finally {
        lowerRoot.close()
      }
    } finally {
      upperRoot.close()
    }
  }

  /** `lower` is the user's folder at the same path, if there is one. */
  async #folder(at: { upper: Folder; lower: Folder | undefined; path: string; covers: boolean; depth: number }) {
    const { names, notText } = at.upper.names()
    if (notText > 0) this.#skip(at.path, `${notText} names in it are not UTF-8`)
    for (const name of names) {
      if (this.#leavesOut(name)) continue
      if (this.#isFull()) return
      if (this.#pace.isOver) await this.#pace.rest()
      const path = at.path === '' ? name : `${at.path}/${name}`
      const layer = this.#stat(at.upper, name, path)
      if (!layer) continue
      const user = at.lower && this.#stat(at.lower, name, path)
      if (layer.isDirectory()) {
        await this.#upperFolder(at, name, path, layer, user)
      } else {
        const own = isWhiteout(layer) ? undefined : layer
        if (user?.isDirectory()) {
          await this.#gone(at.lower!, name, path, path, at.depth + 1)
          if (own) this.entries.push({ path, layer: own, user })
        } else {
          this.entries.push({ path, layer: own, user })
        }
      }
    }
    if (at.covers && at.lower) await this.#covered(at.upper, at.lower, at.path, at.depth)
  }

  async #upperFolder(
    at: { upper: Folder; lower: Folder | undefined; covers: boolean; depth: number },
    name: string,
    path: string,
    layer: Stats,
    user: Stats | undefined,
  ): Promise<void> {
    if (at.depth >= maxDepth) return this.#skip(path, `it lies more than ${maxDepth} folders deep`)
    // A file or link of the user's became a folder: it is gone, and what is in the folder is new.
    if (isFileOrLink(user)) this.entries.push({ path, layer: undefined, user })
    const inUser = user?.isDirectory() === true
    const opaque = inUser ? this.#marks.isOpaque(layer) : false
    if (opaque === undefined) this.undecided.push({ path, stat: layer })
    const covers = at.covers || opaque === true
    this.folders.push({
      path,
      inUser,
      isNew: !user,
      opaque: opaque === true,
      covers,
      mode: layer.mode & 0o777,
      userMode: inUser ? user.mode & 0o777 : undefined,
    })
    const upper = this.#enter(at.upper, name, path)
    if (!upper) return
    try {
      const lower = inUser ? this.#enter(at.lower!, name, path) : undefined
      if (inUser && !lower) return
      try {
        await this.#folder({ upper, lower, path, covers, depth: at.depth + 1 })
      } finally {
        lower?.close()
      }
    } finally {
      upper.close()
    }
  }

  /** What the user has in a folder that an opaque one covers, and the layer has not. */
  async #covered(upper: Folder, lower: Folder, path: string, depth: number): Promise<void> {
    for (const name of lower.names().names) {
      // Asked by name: a listing that runs beside a rename can miss one.
      if (this.#leavesOut(name) || upper.stat(name)) continue
      const inner = path === '' ? name : `${path}/${name}`
      await this.#gone(lower, name, inner, inner, depth + 1)
    }
  }

  /** Every file of the user's at `path` and below is gone in the layer. */
  async #gone(parent: Folder, name: string, path: string, goneWith: string, depth: number): Promise<void> {
    if (this.#isFull()) return
    if (this.#pace.isOver) await this.#pace.rest()
    const user = this.#stat(parent, name, path)
    if (isFileOrLink(user)) this.entries.push({ path, layer: undefined, user, goneWith })
    if (!user?.isDirectory()) return
    this.goneFolders.push(path)
    if (depth >= maxDepth) return this.#skip(path, `it lies more than ${maxDepth} folders deep`)
    const folder = this.#enter(parent, name, path)
    if (!folder) return
    try {
      for (const inner of folder.names().names) {
        if (!this.#leavesOut(inner)) await this.#gone(folder, inner, `${path}/${inner}`, goneWith, depth + 1)
      }
    } finally {
      folder.close()
    }
  }

  #stat(parent: Folder, name: string, path: string): Stats | undefined {
    try {
      return parent.stat(name)
    } catch (error) {
      if (!isErrno(error, 'EACCES', 'EPERM')) throw error
      this.#skip(path, 'it may not be looked at')
      return undefined
    }
  }

  #enter(parent: Folder, name: string, path: string): Folder | undefined {
    try {
      return parent.enter(name)
    } catch (error) {
      if (isErrno(error, 'EACCES', 'EPERM')) this.#skip(path, 'it may not be entered')
      // Swapped or removed since it was listed: the next walk sees what it is by then.
      else if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) this.#skip(path, 'it changed while it was looked at')
      else throw error
      return undefined
    }
  }

  #leavesOut(name: string): boolean {
    return !this.#withGit && isGitName(name)
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

function isFileOrLink(stat: Stats | undefined): stat is Stats {
  return stat !== undefined && (stat.isFile() || stat.isSymbolicLink())
}
