import { closeSync, fstatSync, readSync, type Stats } from 'node:fs'
import type { Base } from './base.ts'
import { type CheckpointEntry, sameEntry } from './checkpointEntry.ts'
import type { CheckpointStore } from './checkpointStore.ts'
import { goneUnmarked, type Look } from './differences.ts'
import { clockTickMs, openRegular, sameState, stampOf } from './fileState.ts'
import { inParent, isErrno, statIn } from './folder.ts'
import { isInGit } from './layerPath.ts'
import { Pace } from './pace.ts'
import type { Sides } from './sides.ts'
import { maxSkipped, type Skipped } from './upperWalk.ts'

/** What a sandbox writes in one go: more could not be put back. */
const maxFileBytes = 64 * 1024 * 1024
const maxReadBytes = 1024 * 1024

export interface TakenCheckpoint {
  readonly isStored: boolean
  /** Files that no checkpoint holds, and why. */
  readonly skipped: readonly Skipped[]
}

/**
 * Stores what the layer has of its own, Git's data too, as far as that is other than in the checkpoint before. Files are
 * told by their stamps; one that changes while it is read is read once more, and as it is then taken. `look` is called
 * where a change has no base yet.
 */
export async function takeCheckpoint(
  sides: Sides,
  store: CheckpointStore,
  name: string,
  look: () => Promise<Look>,
): Promise<TakenCheckpoint> {
  const isFirst = store.names().length === 0
  store.begin()
  const taking = new Taking(sides, store)
  try {
    await taking.layer(look)
    const isStored = isFirst || (await taking.isChanged())
    if (isStored) store.add(name, taking.set, taking.unset)
    return { isStored, skipped: taking.skipped }
  } catch (error) {
    store.undo()
    throw error
  }
}

class Taking {
  readonly set = new Map<string, CheckpointEntry>()
  readonly unset = new Set<string>()
  readonly skipped: Skipped[] = []
  readonly #seen = new Map<string, CheckpointEntry>()
  readonly #sides: Sides
  readonly #store: CheckpointStore

  constructor(sides: Sides, store: CheckpointStore) {
    this.#sides = sides
    this.#store = store
  }

  async layer(look: () => Promise<Look>): Promise<void> {
    const { view, bases } = this.#sides
    const walk = await view.walk({ withGit: true })
    if (walk.entries.some(({ path, goneWith }) => !goneWith && !bases.get(path) && !isInGit(path))) await look()
    const unmarked = await goneUnmarked(this.#sides, walk, new Set([...walk.entries, ...walk.folders].map(pathOf)))
    const latest = this.#store.latest()
    const seen = this.#seen
    for (const path of [...walk.goneFolders, ...unmarked.map(pathOf)])
      seen.set(path, this.#based(path, { type: 'absent' }))
    const pace = new Pace()
    for (const { path, layer: stat } of walk.entries) {
      if (pace.isOver) await pace.rest()
      const entry = stat ? await this.#entry(path, stat, latest.get(path)) : ({ type: 'absent' } as const)
      if (entry) seen.set(path, this.#based(path, entry))
    }
    for (const { path, inUser, mode, userMode } of walk.folders) {
      if (!inUser || mode !== userMode) seen.set(path, this.#based(path, { type: 'folder', mode }))
    }
    for (const [path, entry] of seen) {
      if (isLikeBase(entry)) continue
      const old = latest.get(path)
      if (!old || !sameEntry(old, entry) || !sameBase(old, entry)) this.set.set(path, entry)
    }
    for (const path of latest.keys()) {
      const entry = seen.get(path)
      if (entry && !isLikeBase(entry)) continue
      if (!entry && !this.#canBeSeen(path)) continue
      this.unset.add(path)
    }
  }

  /** What lies in a folder that was locked since is taken as it was. */
  #canBeSeen(path: string): boolean {
    try {
      statIn(this.#sides.layer.root, path)
      return true
    } catch (error) {
      if (isErrno(error, 'EACCES', 'EPERM')) return false
      throw error
    }
  }

  /** Not where a base alone is another, or where the layer no longer has a copy of what the user has, too. */
  async isChanged(): Promise<boolean> {
    const latest = this.#store.latest()
    for (const [path, entry] of this.set) {
      const old = latest.get(path)
      if (!old || !sameEntry(old, entry)) return true
    }
    const before = new Map<string, CheckpointEntry | Base>(
      this.#store.keptSince().map((kept) => [kept.path, kept.before]),
    )
    for (const path of this.unset) before.set(path, latest.get(path)!)
    for (const [path, was] of before) {
      const old = latest.get(path) ?? was
      const now = this.#seen.get(path) ?? (await this.#sides.user.read(path)).state
      if (old.type === 'folder' ? now.type !== 'folder' : !sameState(old, now)) return true
    }
    return false
  }

  async #entry(path: string, stat: Stats, old: CheckpointEntry | undefined): Promise<CheckpointEntry | undefined> {
    if (stat.isSymbolicLink()) {
      const { state } = await this.#sides.layer.read(path)
      return state.type === 'symlink' ? state : { type: 'other' }
    }
    if (!stat.isFile()) return { type: 'other' }
    if (old?.type === 'file' && old.stamp !== undefined && old.stamp === stampOf(stat)) return withoutBase(old)
    try {
      return (await this.#file(path)) ?? (await this.#file(path, true))
    } catch (error) {
      if (isErrno(error, 'EACCES', 'EPERM')) return this.#notHeld(path, 'it may not be read')
      // It went, or became something else, since it was listed.
      if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return undefined
      throw error
    }
  }

  /** Undefined where it changed meanwhile, unless it is taken as it is. */
  async #file(path: string, asItIs = false): Promise<CheckpointEntry | undefined> {
    const { contents } = this.#store
    const fd = inParent(this.#sides.layer.root, path, openRegular)
    try {
      const stat = fstatSync(fd)
      if (stat.size > maxFileBytes) {
        return this.#notHeld(path, `it is larger than ${maxFileBytes / 1024 / 1024} MB, so no checkpoint holds it`)
      }
      const readAt = Date.now()
      const content = stat.size <= maxReadBytes ? readSmall(fd, stat.size) : undefined
      const { sha256, size } = content
        ? { sha256: contents.put(content), size: content.length }
        : await contents.putOpen(fd)
      const stamp = stampOf(stat)
      const isOne = stamp === stampOf(fstatSync(fd))
      if (!isOne && !asItIs) return undefined
      const isSettled = isOne && readAt - stat.ctimeMs > 2 * clockTickMs
      return { type: 'file', size, mode: stat.mode & 0o777, sha256, ...(isSettled && { stamp }) }
    } finally {
      closeSync(fd)
    }
  }

  #notHeld(path: string, why: string): CheckpointEntry {
    if (this.skipped.length < maxSkipped) this.skipped.push({ path, why })
    return { type: 'other' }
  }

  #based(path: string, entry: CheckpointEntry): CheckpointEntry {
    const base = this.#sides.bases.get(path)
    if (!base || entry.type === 'other') return entry
    return { ...entry, base: heldBase(this.#sides, this.#store, base) }
  }
}

/** The base with its content held by the checkpoints, too, where there is one. */
export function heldBase({ bases }: Sides, { contents }: CheckpointStore, base: Base): Base {
  if (base.type !== 'file' || !base.stored || contents.adopt(base.sha256, bases.fileOf(base.sha256))) return base
  return { ...base, stored: false }
}

function pathOf({ path }: { readonly path: string }): string {
  return path
}

function isLikeBase(entry: CheckpointEntry): boolean {
  return 'base' in entry && entry.base !== undefined && sameState(entry, entry.base)
}

function withoutBase(entry: CheckpointEntry): CheckpointEntry {
  if (!('base' in entry)) return entry
  const { base: _, ...rest } = entry
  return rest
}

function sameBase(a: CheckpointEntry, b: CheckpointEntry): boolean {
  const [one, other] = [a, b].map((entry) => ('base' in entry ? entry.base : undefined))
  if (!one || !other) return one === other
  return one.type === other.type && (one.type === 'unknown' || one.type === 'folder' || sameState(one, other))
}

function readSmall(fd: number, size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const count = readSync(fd, buffer, length, size - length, length)
    if (count === 0) break
    length += count
  }
  return buffer.subarray(0, length)
}
