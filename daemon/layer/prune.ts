import { rmdirSync, unlinkSync } from 'node:fs'
import type { Difference } from './difference.ts'
import { forgetMergedFolders, type Look, lookAt } from './differences.ts'
import { inParent, isErrno } from './folder.ts'
import { foldersAbove } from './layerPath.ts'
import type { OverlayMarks } from './overlayMarks.ts'
import { Pace } from './pace.ts'
import type { Sides } from './sides.ts'

/**
 * Takes out of the upper directory what is no difference any more, so that the user's files show again there, newer
 * ones too. Only while nothing is mounted on it.
 */
export async function prune(sides: Sides, marks: OverlayMarks): Promise<void> {
  const { bases } = sides
  const upper = sides.layer.root
  const first = await lookAt(sides)
  const marked = first.unmarked.filter((path) => canHold(upper, path))
  await marks.makeWhiteouts(marked)

  const deletions = foldersOf(gone(first).map(({ path }) => path))
  const opaque = first.walk.folders.filter((folder) => folder.opaque).map(({ path }) => path)
  const cleared = opaque.filter((folder) => !deletions.has(folder))
  await marks.clearOpaque(cleared)

  const look = marked.length + cleared.length > 0 ? await lookAt(sides) : first
  const differing = new Set(allOf(look).map(({ path }) => path))
  const goneWith = new Set(gone(look).map((d) => d.goneWith))
  const inTheWay = new Set(look.walk.folders.filter(({ inUser, isNew }) => !inUser && !isNew).map(({ path }) => path))
  const covering = new Set(look.walk.folders.filter(({ covers }) => covers).map(({ path }) => path))
  const pace = new Pace()
  for (const entry of look.walk.entries) {
    if (pace.isOver) await pace.rest()
    // A folder's whiteout goes when no file of the folder is deleted any more.
    const path = entry.goneWith ?? entry.path
    if (differing.has(path) || goneWith.has(path) || foldersAbove(path).some((above) => covering.has(above))) continue
    if (inTheWay.has(path)) continue
    removeEntry(upper, path, unlinkSync)
    bases.forget(path)
    bases.forget(entry.path)
  }
  forgetMergedFolders(sides, look)
  for (const { path, inUser, covers } of look.walk.folders.toReversed()) {
    if (pace.isOver) await pace.rest()
    if (inUser && !covers) removeEntry(upper, path, rmdirSync)
    // A folder of the agent's with nothing in it gives way to a file that the user made of that name.
    const givesWay = inTheWay.has(path) && !differing.has(path)
    if (givesWay && removeEntry(upper, path, rmdirSync)) bases.forget(path)
  }
  for (const path of bases.paths()) if (bases.isPending(path)) bases.forget(path)
  bases.save()
  await bases.sweep()
}

/** Both ends of a rename apart. */
function allOf({ differences }: Look): Difference[] {
  return [...differences.values()].flatMap((d) => (d.from ? [d, d.from] : [d]))
}

function gone(look: Look): Difference[] {
  return allOf(look).filter(({ layer }) => layer.type === 'absent')
}

function foldersOf(paths: readonly string[]): Set<string> {
  return new Set(paths.flatMap(foldersAbove))
}

/** The folder that a whiteout would lie in is there, and the whiteout is not. */
function canHold(upper: string, path: string): boolean {
  try {
    return inParent(upper, path, (parent, name) => parent.stat(name) === undefined)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false
    throw error
  }
}

function removeEntry(upper: string, path: string, remove: (path: string) => void): boolean {
  try {
    inParent(upper, path, (parent, name) => remove(parent.at(name)))
    return true
  } catch (error) {
    // A folder with changes in it stays; what is gone already is gone.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR')) throw error
    return false
  }
}
