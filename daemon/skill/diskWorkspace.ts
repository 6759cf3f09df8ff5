import { close, constants, type Dirent, fstat, open, promises, read, type Stats } from 'node:fs'
import { promisify } from 'node:util'
import type { Path } from './document/location.ts'
import { type FileStat, type FolderItem, isAsKnown, type Missing, type SkillWorkspace } from './workspace.ts'

// Half the cost of the promises' own, which make an object of each open file.
const openFile = promisify(open)
const statFile = promisify(fstat)
const readFile = promisify(read)
const closeFile = promisify(close)
// A named pipe without a writer would never open otherwise.
export const readingFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
const onWindows = process.platform === 'win32'

/** The disk of this machine. */
export const diskWorkspace: SkillWorkspace = {
  async stat(path): Promise<FileStat | Missing> {
    try {
      return fileStatOf(await promises.stat(native(path)))
    } catch {
      return 'missing'
    }
  },

  async real(path) {
    try {
      return pathFrom(await promises.realpath(native(path)))
    } catch {
      return 'missing'
    }
  },

  async list(path): Promise<readonly FolderItem[] | Missing> {
    try {
      const entries = await promises.readdir(native(path), { withFileTypes: true })
      const items = await Promise.all(
        entries.map((entry) => folderItemOf(entry) ?? (entry.isSymbolicLink() ? linkAt(path, entry.name) : undefined)),
      )
      return inOrder(items)
    } catch {
      return 'missing'
    }
  },

  async read(path, longest) {
    try {
      return await opened(path, async (file) => {
        const found = await statFile(file)
        return found.isFile() ? await textOf(file, Math.min(found.size, longest)) : 'missing'
      })
    } catch {
      return 'missing'
    }
  },

  async look(path, longest, known) {
    try {
      // Most of what is known has not changed, and that is seen without opening it.
      const now = known && (await promises.stat(native(path)))
      if (now?.isFile() && isAsKnown(marksOf(now), known)) return 'same'
      return await opened(path, async (file) => {
        const found = await statFile(file)
        if (!found.isFile()) return 'missing'
        return { ...marksOf(found), text: found.size > longest ? '' : await textOf(file, found.size) }
      })
    } catch {
      return 'missing'
    }
  },
}

async function opened<T>(path: Path, use: (file: number) => Promise<T>): Promise<T> {
  const file = await openFile(native(path), readingFlags)
  try {
    return await use(file)
  } finally {
    await closeFile(file)
  }
}

async function textOf(file: number, bytes: number): Promise<string> {
  const buffer = Buffer.allocUnsafe(bytes)
  const { bytesRead } = await readFile(file, buffer, 0, bytes, 0)
  return buffer.toString('utf8', 0, bytesRead)
}

function marksOf({ size, mtimeMs }: Stats) {
  return { size, modified: mtimeMs }
}

/** A path of the system as the library writes it. */
export function pathFrom(path: string): Path {
  if (!onWindows) return path
  return `/${path.replaceAll('\\', '/').replace(/^[A-Z]:/, (drive) => drive.toLowerCase())}`.replace(/^\/\/\//, '//')
}

/** A path of the library as the system writes it. */
export function native(path: Path): string {
  return onWindows ? path.replace(/^\/(?=[a-z]:)/, '') : path
}

export function fileStatOf(found: Stats): FileStat | Missing {
  if (!found.isFile() && !found.isDirectory()) return 'missing'
  const type = found.isFile() ? 'file' : 'folder'
  const executable = (found.mode & 0o111) !== 0
  return { type, size: type === 'file' ? found.size : 0, modified: found.mtimeMs, executable }
}

/** What is in a folder, where it is no link. */
export function folderItemOf(entry: Dirent): FolderItem | undefined {
  if (entry.isFile()) return { name: entry.name, type: 'file', linked: false }
  return entry.isDirectory() ? { name: entry.name, type: 'folder', linked: false } : undefined
}

export function inOrder(items: readonly (FolderItem | undefined)[]): readonly FolderItem[] {
  return items.filter((item) => item !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function linkAt(folder: Path, name: string): Promise<FolderItem> {
  const item = { name, linked: true }
  try {
    const found = await promises.stat(native(`${folder}/${name}`))
    return { ...item, type: found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'link' }
  } catch {
    return { ...item, type: 'link' }
  }
}
