import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs'
import { fileStatOf, folderItemOf, inOrder, native, pathFrom, readingFlags } from './diskWorkspace.ts'
import { nameIn, type Path, parentOf } from './document/location.ts'
import { type DiskAtOnce, type FileStat, type FolderItem, isAsKnown, type Missing } from './workspace.ts'

/** Texts are forgotten when there is more of them than this. */
const mostText = 64_000_000
const mostCompared = 200
const capitalsCount = process.platform === 'linux'

/**
 * The disk of this machine for a program that has nothing else to do meanwhile: a fifth of what it costs to wait for each answer. What was
 * asked once is remembered. `refused` hears why something that was listed or read is missing.
 */
export function diskAtOnce(refused: (path: Path, error: unknown) => void = () => {}): DiskAtOnce {
  const stats = new Map<Path, FileStat | Missing>()
  const reals = new Map<Path, Path | Missing>()
  const lists = new Map<Path, readonly FolderItem[] | Missing>()
  const texts = new Map<Path, ReadText>()
  let text = 0
  /** What its folder did not list need not be asked for, nor what would lie in that, where capitals count. */
  const isAbsent = (path: Path): boolean => {
    if (!capitalsCount || path === '') return false
    const beside = lists.get(parentOf(path))
    if (beside === undefined) return isAbsent(parentOf(path))
    const name = nameIn(path)
    return beside !== 'missing' && beside.length < mostCompared && !beside.some((item) => item.name === name)
  }
  const told = <T>(path: Path, ask: (path: Path) => T, refusal = refused): T | Missing => {
    // A refusal of the system’s costs more than ten answers.
    if (isAbsent(path)) return 'missing'
    try {
      return ask(path)
    } catch (error) {
      refusal(path, error)
      return 'missing'
    }
  }
  const quietly = <T>(path: Path, ask: (path: Path) => T) => told(path, ask, () => {})
  const keep = (path: Path, found: ReadText) => {
    text += found.text.length
    if (text > mostText) {
      texts.clear()
      text = found.text.length
    }
    texts.set(path, found)
  }
  return {
    stat: (path) => remembered(stats, path, () => quietly(path, statAt)),
    real: (path) => remembered(reals, path, () => quietly(path, realAt)),
    list: (path) => remembered(lists, path, () => told(path, listAt)),
    read(path, longest) {
      const known = texts.get(path)
      if (known && (known.bytes <= longest || known.longest === longest)) return known.text
      const read = told(path, () => textAt(path, longest, longest))
      const found = read === 'missing' ? { text: read, bytes: 0, longest } : read
      keep(path, found)
      return found.text
    },
    look(path, longest, known) {
      const found = told(path, () => textAt(path, longest, 0))
      if (found === 'missing') return found
      stats.set(path, found.stat)
      const { size, modified } = found.stat
      if (isAsKnown(found.stat, known)) return 'same'
      if (size <= longest) keep(path, found)
      return { size, modified, text: found.text }
    },
    forget(paths) {
      for (const path of paths) texts.delete(path)
      for (const answers of [stats, reals, lists]) answers.clear()
    },
  }
}

interface ReadText {
  /** Or that it is missing. */
  readonly text: string
  /** Of the whole file, of which at most `longest` were read. */
  readonly bytes: number
  readonly longest: number
}

function remembered<T>(answers: Map<Path, T>, path: Path, ask: () => T): T {
  const known = answers.get(path)
  if (known !== undefined) return known
  const answer = ask()
  answers.set(path, answer)
  return answer
}

function statAt(path: Path): FileStat | Missing {
  const found = statSync(native(path), { throwIfNoEntry: false })
  return found ? fileStatOf(found) : 'missing'
}

function realAt(path: Path): Path {
  return pathFrom(realpathSync.native(native(path)))
}

function listAt(path: Path): readonly FolderItem[] {
  const entries = readdirSync(native(path), { withFileTypes: true })
  return inOrder(
    entries.map((entry) => folderItemOf(entry) ?? (entry.isSymbolicLink() ? linkAt(path, entry.name) : undefined)),
  )
}

function linkAt(folder: Path, name: string): FolderItem {
  try {
    const behind = statAt(`${folder}/${name}`)
    if (behind !== 'missing') return { name, type: behind.type, linked: true }
  } catch {
    // Links in a circle lead nowhere, too.
  }
  return { name, type: 'link', linked: true }
}

/** Of a file that is larger than `longest` the first `instead` bytes. */
function textAt(path: Path, longest: number, instead: number): (ReadText & { stat: FileStat }) | Missing {
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

/** What is read into it is made a text at once. */
const shared = Buffer.allocUnsafeSlow(65_536)
