import { type Base, baseOf } from './base.ts'
import type { BaseStore } from './baseStore.ts'
import type { Difference } from './difference.ts'
import { type FileState, maxHeldBytes, sameState, stampOf } from './fileState.ts'
import { statIn } from './folder.ts'
import { foldersAbove } from './layerPath.ts'
import { Pace } from './pace.ts'
import { baseBytes, type Sides, storeBase } from './sides.ts'
import { maxSkipped, type Skipped, type UpperEntry, type UpperWalk } from './upperWalk.ts'

export interface Look {
  /** By path, sorted. A renamed file's old path has none of its own. */
  readonly differences: ReadonlyMap<string, Difference>
  /** Files that are gone in the layer without a mark of overlayfs. */
  readonly unmarked: readonly string[]
  /** What was left out, and why. */
  readonly skipped: readonly Skipped[]
  readonly walk: UpperWalk
}

/** Compares the layer with its bases, remembering the base of every path that is seen for the first time. */
export async function lookAt(sides: Sides): Promise<Look> {
  const { bases } = sides
  const walk = await sides.view.walk()
  for (const folder of walk.folders) {
    // Of the folders that the agent made, the outermost is enough to know that nothing in it was there before.
    if (folder.isNew && !bases.get(folder.path) && !hasBaseAbove(bases, folder.path)) {
      bases.set(folder.path, { type: 'absent' })
    }
  }
  const seen = new Set<string>(walk.folders.map(({ path }) => path))
  const found: Difference[] = []
  const skipped = [...walk.skipped]
  const pace = new Pace()
  for (const entry of walk.entries) {
    if (pace.isOver) await pace.rest()
    seen.add(entry.path)
    const difference = await compare(sides, entry, skipped)
    if (difference) found.push(difference)
  }
  const unmarked = await goneUnmarked(sides, walk, seen)
  for (const difference of unmarked) found.push(difference)
  sides.user.retain(seen)
  sides.layer.retain(seen)
  found.sort((a, b) => (a.path < b.path ? -1 : 1))
  const differences = new Map<string, Difference>()
  for (const difference of await sides.renames.pair(sides, found)) {
    const { path, from } = difference
    differences.set(path, from ? { ...difference, from: await withStoredBase(sides, from) } : difference)
  }
  bases.save()
  return {
    differences,
    unmarked: unmarked.map(({ path }) => path),
    skipped,
    walk,
  }
}

/**
 * A folder of the agent's that the user has too, by keeping it, is one folder from the next mount on: what is not in
 * the layer's then shows through. To be called when the layer was not mounted since `look`, or was mounted anew.
 */
export function forgetMergedFolders({ bases }: Sides, look: Look): void {
  for (const { path, inUser, covers } of look.walk.folders) {
    if (inUser && !covers && bases.get(path)?.type === 'absent') bases.forget(path)
  }
}

function hasBaseAbove(bases: BaseStore, path: string): boolean {
  return foldersAbove(path).some((above) => isNoFolder(bases.get(above)))
}

function isNoFolder(base: Base | undefined): boolean {
  return base !== undefined && base.type !== 'folder'
}

async function compare(sides: Sides, entry: UpperEntry, skipped: Skipped[]): Promise<Difference | undefined> {
  const { bases } = sides
  const { path } = entry
  const known = bases.get(path)
  // What the user put into a folder that was not there when the agent began is not the agent's to have deleted.
  if (entry.goneWith && !known && (isNoFolder(bases.get(entry.goneWith)) || hasBaseAbove(bases, path))) return undefined

  const layer: FileState = entry.layer ? await sides.layer.state(path, entry.layer) : { type: 'absent' }
  if (layer.type === 'unusable') {
    if (skipped.length < maxSkipped) skipped.push({ path, why: layer.why })
    return undefined
  }
  const user = await userState(sides, entry, known)
  const base = await secured(sides, path, layer, known ?? (await firstSight(sides, entry, layer)))
  if (base !== known || bases.isPending(path)) bases.set(path, base)
  if (sameState(base, layer)) return undefined
  if (sameState(user, layer)) {
    // Both came to the same: that is where they go on from.
    bases.set(path, storeBase(bases, await sides.user.read(path)))
    return undefined
  }
  return { path, base, layer, user, ...(entry.goneWith && { goneWith: entry.goneWith }) }
}

async function userState(sides: Sides, { path, user }: UpperEntry, known: Base | undefined): Promise<FileState> {
  if (!user) return { type: 'absent' }
  if (known?.type === 'file' && known.stamp === stampOf(user)) return known
  return await sides.user.state(path, user)
}

/** The base of a path that was never seen to differ: what the user has there, unless the agent began with something else. */
async function firstSight(sides: Sides, { path, goneWith }: UpperEntry, layer: FileState): Promise<Base> {
  const reading = await sides.user.read(path)
  const { state } = reading
  if (state.type === 'absent' || state.type === 'folder') return state
  if (state.type === 'unusable') return { type: 'unknown' }
  if (!sides.view.beganWith(path, reading)) {
    // Newer than what the agent began with, in a folder that the agent removed: the user's own, and not what the agent removed.
    return { type: goneWith === undefined ? 'unknown' : 'absent' }
  }
  // A deleted file's content is looked up in the user's folder, and is not needed once it is no longer there.
  return layer.type === 'absent' ? baseOf(state, false, reading.stamp) : storeBase(sides.bases, reading)
}

/** A base whose content will be needed is stored, while there is still somebody to get it from. */
async function secured(sides: Sides, path: string, layer: FileState, base: Base): Promise<Base> {
  if (base.type !== 'file' || base.stored || base.size > maxHeldBytes || layer.type === 'absent') return base
  const bytes = await baseBytes(sides, path, base)
  if (!bytes) return { type: 'unknown' }
  sides.bases.put(bytes)
  return { ...base, stored: true }
}

/** A renamed file's old content is what the new one is merged by. */
async function withStoredBase(sides: Sides, deleted: Difference): Promise<Difference> {
  const { path, base } = deleted
  if (base.type !== 'file' || base.stored || base.size > maxHeldBytes) return deleted
  const bytes = await baseBytes(sides, path, base)
  if (!bytes) return deleted
  sides.bases.put(bytes)
  const stored = { ...base, stored: true }
  sides.bases.set(path, stored)
  return { ...deleted, base: stored }
}

/**
 * In a folder that the agent made, overlayfs leaves no mark where a file goes, even where the user has kept that file
 * meanwhile. The bases remember such files; those of anything else that is no longer in the layer are forgotten.
 */
export async function goneUnmarked(sides: Sides, walk: UpperWalk, seen: ReadonlySet<string>): Promise<Difference[]> {
  const { bases } = sides
  const skipped = new Set(walk.skipped.map(({ path }) => path))
  const gone: Difference[] = []
  if (skipped.has('')) return gone
  for (const path of bases.paths()) {
    if (seen.has(path) || bases.isPending(path)) continue
    if (skipped.has(path) || foldersAbove(path).some((above) => skipped.has(above))) continue
    const base = bases.get(path)!
    if (statIn(sides.layer.root, path)) continue
    const { state: user } = base.type === 'file' || base.type === 'symlink' ? await sides.user.read(path) : absent
    if (user.type === 'absent') bases.forget(path)
    else gone.push({ path, base, layer: { type: 'absent' }, user })
  }
  return gone
}

const absent = { state: { type: 'absent' } } as const
