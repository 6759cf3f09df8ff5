import { fchmodSync } from 'node:fs'
import { Folder, inParent, isErrno } from './folder.ts'
import { foldersAbove, isGitName } from './layerPath.ts'
import type { OverlayMarks } from './overlayMarks.ts'
import type { Sides } from './sides.ts'

/**
 * Marks in the upper directory that these files of the user's are gone, where no mark says so yet: a whole folder where
 * nothing of it stays. What lies in one of the folders `opaque` is hidden as it is. Only while nothing is mounted on the
 * upper directory. Answers how many marks were made.
 */
export async function markGone(
  sides: Pick<Sides, 'user' | 'layer'>,
  marks: OverlayMarks,
  gone: ReadonlySet<string>,
  opaque: ReadonlySet<string>,
): Promise<number> {
  const places = new Set<string>()
  for (const path of gone) {
    if (foldersAbove(path).some((above) => opaque.has(above))) continue
    const place = placeOfMark(sides, path, gone)
    if (place !== undefined) places.add(place)
  }
  await marks.makeWhiteouts([...places])
  return places.size
}

/** Where a mark hides `path`, in a folder that is made if missing; undefined where it is hidden or not the user's any more. */
function placeOfMark(
  { user, layer }: Pick<Sides, 'user' | 'layer'>,
  path: string,
  gone: ReadonlySet<string>,
): string | undefined {
  let folder = Folder.open(layer.root)
  try {
    for (const at of [...foldersAbove(path), path]) {
      const name = at.slice(at.lastIndexOf('/') + 1)
      const stat = folder.stat(name)
      if (stat && (at === path || !stat.isDirectory())) return undefined
      if (!stat) {
        if (at === path || isAllGone(user.root, at, gone)) return at
        folder.make(name)
      }
      const next = folder.enter(name)
      folder.close()
      folder = next
      if (!stat) fchmodSync(folder.fd, inParent(user.root, at, (parent, last) => parent.stat(last)?.mode ?? 0) & 0o777)
    }
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM')) throw error
  } finally {
    folder.close()
  }
  return undefined
}

function isAllGone(root: string, path: string, gone: ReadonlySet<string>): boolean {
  const inner = inParent(root, path, (parent, name) => parent.enter(name))
  try {
    return inner.names().names.every((name) => {
      const at = `${path}/${name}`
      if (isGitName(name) || gone.has(at)) return true
      const stat = inner.stat(name)
      if (stat?.isDirectory()) return isAllGone(root, at, gone)
      return !stat?.isFile() && !stat?.isSymbolicLink()
    })
  } finally {
    inner.close()
  }
}
