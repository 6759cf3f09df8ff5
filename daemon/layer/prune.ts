import { rmdirSync, unlinkSync } from 'node:fs'
import type { Difference } from './difference.ts'
import { forgetMergedFolders, type Look, lookAt } from './differences.ts'
import { inParent, isErrno } from './folder.ts'
import { foldersAbove, isInGit } from './layerPath.ts'
import { markGone } from './markGone.ts'
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
  const opaque = first.walk.folders.filter((folder) => folder.opaque).map(({ path }) => path)
  const cleared = await clearable(sides, first, opaque)
  const stays = new Set(opaque.filter((folder) => !cleared.includes(folder)))
  const marked = await markGone(sides, marks, new Set(gone(first).map(({ path }) => path)), stays)
  await marks.clearOpaque(cleared)

  const look = marked + cleared.length > 0 ? await lookAt(sides) : first
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

/**
 * The opaque folders of which all that is gone is known by name. Git's data is not: two repositories must not become one.
 */
async function clearable(sides: Sides, look: Look, opaque: readonly string[]): Promise<string[]> {
  if (opaque.length === 0) return []
  const { entries, folders, skipped } = await sides.view.walk({ withGit: true })
  const git = [...entries, ...folders].map(({ path }) => path).filter(isInGit)
  const unknown = [...git, ...skipped.map(({ path }) => path), ...look.skipped.map(({ path }) => path)]
  const holding = new Set(unknown.flatMap((path) => [path, ...foldersAbove(path)]))
  return holding.has('') ? [] : opaque.filter((folder) => !holding.has(folder))
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
