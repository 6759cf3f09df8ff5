import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs'
import { fileStatOf, folderItemOf, inOrder, native, pathFrom, readingFlags } from './diskWorkspace.ts'
import type { Path } from './document/location.ts'
import { type FileMarks, type FileStat, type FileText, type FolderItem, isAsKnown, type Missing } from './workspace.ts'

/** A text that may be cut. */
export interface CutText {
  /** Or that it is missing. */
  readonly text: string
  /** Of the whole file, of which at most `longest` were read. */
  readonly bytes: number
  readonly longest: number
}

/** What the disk of this machine says, while the program waits. What the system refuses to say is thrown. */
export function statNow(path: Path): FileStat | Missing {
  const found = statSync(native(path), { throwIfNoEntry: false })
  return found ? fileStatOf(found) : 'missing'
}

export function realNow(path: Path): Path {
  return pathFrom(realpathSync.native(native(path)))
}

export function listNow(path: Path): readonly FolderItem[] {
  const entries = readdirSync(native(path), { withFileTypes: true })
  return inOrder(
    entries.map((entry) => folderItemOf(entry) ?? (entry.isSymbolicLink() ? linkAt(path, entry.name) : undefined)),
  )
}

/** The same of a folder without links; undefined for one with any. */
export function listPlainNow(path: Path): readonly FolderItem[] | undefined {
  const entries = readdirSync(native(path), { withFileTypes: true })
  return entries.some((entry) => entry.isSymbolicLink()) ? undefined : inOrder(entries.map(folderItemOf))
}

function linkAt(folder: Path, name: string): FolderItem {
  try {
    const behind = statNow(`${folder}/${name}`)
    if (behind !== 'missing') return { name, type: behind.type, linked: true }
  } catch {
    // Links in a circle lead nowhere, too.
  }
  return { name, type: 'link', linked: true }
}

/** Of a file that is larger than `longest` the first `instead` bytes. */
export function readNow(path: Path, longest: number, instead: number): (CutText & { stat: FileStat }) | Missing {
  const file = openSync(native(path), readingFlags)
  try {
    const found = fstatSync(file)
    if (!found.isFile()) return 'missing'
    const bytes = found.size <= longest ? found.size : instead
    const buffer = bytes <= shared.length ? shared : Buffer.allocUnsafe(bytes)
    const text = buffer.toString('utf8', 0, readSync(file, buffer, 0, bytes, 0))
    return { text, bytes: found.size, longest, stat: fileStatOf(found) as FileStat }
  } finally {
    closeSync(file)
  }
}

export function lookNow(path: Path, longest: number, known: FileMarks | undefined): FileText | 'same' | Missing {
  const now = known && statNow(path)
  if (now && now !== 'missing' && now.type === 'file' && isAsKnown(now, known)) return 'same'
  const found = readNow(path, longest, 0)
  return found === 'missing' ? found : { size: found.bytes, modified: found.stat.modified, text: found.text }
}

/** What is read into it is made a text at once. */
const shared = Buffer.allocUnsafeSlow(65_536)
