import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs'
import { fileStatOf, folderItemOf, inOrder, native, pathFrom, readingFlags } from './diskWorkspace.ts'
import type { Path } from './document/location.ts'
import type { DiskAtOnce, FolderItem, SkillWorkspace } from './workspace.ts'

/**
 * The disk of this machine for a program that has nothing else to do meanwhile: a fifth of what it costs to wait for each answer. `refused`
 * hears why something that was listed or read is missing.
 */
export function diskAtOnce(refused: (path: Path, error: unknown) => void = () => {}): DiskAtOnce {
  const answer = <T>(path: Path, ask: () => T): T | 'missing' => {
    try {
      return ask()
    } catch (error) {
      refused(path, error)
      return 'missing'
    }
  }
  return {
    stat: (path) => {
      try {
        const found = statSync(native(path), { throwIfNoEntry: false })
        return found ? fileStatOf(found) : 'missing'
      } catch {
        return 'missing'
      }
    },
    real: (path) => {
      try {
        return pathFrom(realpathSync.native(native(path)))
      } catch {
        return 'missing'
      }
    },
    list: (path) =>
      answer(path, () => {
        const entries = readdirSync(native(path), { withFileTypes: true })
        const items = entries.map((entry) => folderItemOf(entry) ?? linkAt(path, entry.name, entry.isSymbolicLink()))
        return inOrder(items)
      }),
    read: (path, longest) => answer(path, () => textAt(native(path), longest)),
  }
}

/** The same as a workspace that never waits. */
export function workspaceOf({ stat, real, list, read }: DiskAtOnce): SkillWorkspace {
  return {
    stat: async (path) => stat(path),
    real: async (path) => real(path),
    list: async (path) => list(path),
    read: async (path, longest) => read(path, longest),
  }
}

function textAt(path: string, longest: number): string | 'missing' {
  const file = openSync(path, readingFlags)
  try {
    const found = fstatSync(file)
    if (!found.isFile()) return 'missing'
    if (found.size <= longest) return readFileSync(file, 'utf8')
    const buffer = Buffer.allocUnsafe(longest)
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, longest, 0))
  } finally {
    closeSync(file)
  }
}

function linkAt(folder: Path, name: string, isLink: boolean): FolderItem | undefined {
  if (!isLink) return undefined
  const item = { name, linked: true }
  try {
    const found = statSync(native(`${folder}/${name}`), { throwIfNoEntry: false })
    return { ...item, type: found?.isDirectory() ? 'folder' : found?.isFile() ? 'file' : 'link' }
  } catch {
    return { ...item, type: 'link' }
  }
}
