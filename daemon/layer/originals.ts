import { posix } from 'node:path'
import { Folder, isErrno } from './folder.ts'

/** Names that are looked at to find one file in a folder; where it takes more, there is something. */
const mostLooked = 2_000

/**
 * Whether the user has something at this path below their folder: a file, a link, or a folder with any such thing in it.
 * Follows no links. What may not be looked at counts as something.
 */
export function hasOriginal(root: string, path: string): boolean {
  const names = path.split('/').filter((name) => name !== '')
  const opened: Folder[] = []
  try {
    let folder = Folder.open(root)
    opened.push(folder)
    for (const [at, name] of names.entries()) {
      const stat = folder.stat(name)
      if (!stat) return false
      if (!stat.isDirectory()) return at === names.length - 1
      folder = folder.enter(name)
      opened.push(folder)
    }
    return holdsAny(folder, { left: mostLooked })
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false
    if (isErrno(error, 'ELOOP', 'EACCES', 'EPERM')) return true
    throw error
  } finally {
    for (const each of opened) each.close()
  }
}

/** The path below `root` that an absolute one names; undefined where it lies elsewhere. */
export function below(root: string, path: string): string | undefined {
  const inner = posix.relative(root, path)
  return inner === '..' || inner.startsWith('../') || posix.isAbsolute(inner) ? undefined : inner
}

function holdsAny(folder: Folder, budget: { left: number }): boolean {
  const { names, notText } = folder.names()
  if (notText > 0) return true
  for (const name of names) {
    budget.left -= 1
    if (budget.left < 0) return true
    const stat = folder.stat(name)
    if (!stat) continue
    if (!stat.isDirectory()) return true
    const inner = folder.enter(name)
    try {
      if (holdsAny(inner, budget)) return true
    } finally {
      inner.close()
    }
  }
  return false
}
