import { existsSync, type FSWatcher, statSync, watch } from 'node:fs'
import { dirname, relative } from 'node:path'

/**
 * Calls `look` when a file may have come, changed or gone; its folder need not be there yet. Does not keep the process
 * alive. Some changes may be missed (of what a link leads to, for one): whoever depends on them looks for itself.
 */
export function watchPath(file: string, look: () => void): () => void {
  let watcher: FSWatcher | undefined
  let isOver = false
  const begin = () => {
    const folder = nearestFolder(dirname(file))
    const next = relative(folder, file).split(/[/\\]/)[0]
    const inode = inodeOf(folder)
    try {
      watcher = watch(folder, { persistent: false }, (_, name) => {
        const isMoved = nearestFolder(dirname(file)) !== folder || inodeOf(folder) !== inode
        if (isMoved) again()
        if (isMoved || name === null || name === next || name.startsWith(`${next}.`)) look()
      })
      watcher.on('error', () => watcher?.close())
    } catch {
      // Too many are watched, or it went meanwhile.
    }
  }
  const again = () => {
    watcher?.close()
    if (!isOver) begin()
  }
  begin()
  return () => {
    isOver = true
    watcher?.close()
  }
}

function nearestFolder(folder: string): string {
  let found = folder
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found)
  return found
}

function inodeOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.ino
}
