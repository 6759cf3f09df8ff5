import { Folder, isErrno } from './folder.ts'
import type { OverlayMarks } from './overlayMarks.ts'

/** Whether the user's own entry at `path` is what the agent sees: the layer has nothing there, and hides nothing. */
export async function showsThrough(user: string, upper: string, marks: OverlayMarks, path: string): Promise<boolean> {
  marks.beginLook()
  const parts = path.split('/')
  let lower: Folder | undefined = Folder.open(user)
  let folder = Folder.open(upper)
  try {
    for (const [at, name] of parts.entries()) {
      const stat = folder.stat(name)
      if (!stat) return true
      if (!stat.isDirectory() || at === parts.length - 1) return false
      if (lower?.stat(name)?.isDirectory()) {
        const inner = parts.slice(0, at + 1).join('/')
        if (marks.isOpaque(stat) === undefined) await marks.ask([{ path: inner, stat }])
        if (marks.isOpaque(stat)) return false
      }
      const next = folder.enter(name)
      folder.close()
      folder = next
      const below: Folder | undefined = lower && enterIfFolder(lower, name)
      lower?.close()
      lower = below
    }
    return false
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES')) return false
    throw error
  } finally {
    folder.close()
    lower?.close()
  }
}

function enterIfFolder(folder: Folder, name: string): Folder | undefined {
  try {
    return folder.enter(name)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}
