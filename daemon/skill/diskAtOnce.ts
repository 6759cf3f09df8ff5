import { type CutText, listNow, readNow, realNow, statNow } from './diskNow.ts'
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
  const texts = new Map<Path, CutText>()
  /** Of files that are larger than what was asked for: the same file may be asked for as a whole as well. */
  const cuts = new Map<Path, CutText>()
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
    try {
      return ask(path)
    } catch (error) {
      refusal(path, error)
      return 'missing'
    }
  }
  // A refusal of the system’s costs more than ten answers.
  const toldIfThere = <T>(path: Path, ask: (path: Path) => T, refusal = refused) =>
    isAbsent(path) ? 'missing' : told(path, ask, refusal)
  const quietly = <T>(path: Path, ask: (path: Path) => T) => toldIfThere(path, ask, () => {})
  const keep = (path: Path, found: CutText) => {
    text += found.text.length
    if (text > mostText) {
      texts.clear()
      cuts.clear()
      text = found.text.length
    }
    const kept = found.bytes > found.longest ? cuts : texts
    kept.set(path, found)
  }
  return {
    stat: (path) => remembered(stats, path, () => quietly(path, statNow)),
    real: (path) => remembered(reals, path, () => quietly(path, realNow)),
    list: (path) => remembered(lists, path, () => toldIfThere(path, listNow)),
    read(path, longest) {
      const known = texts.get(path)
      if (known && known.bytes <= longest) return known.text
      const cut = cuts.get(path)
      if (cut?.longest === longest) return cut.text
      const read = toldIfThere(path, () => readNow(path, longest, longest))
      const found = read === 'missing' ? { text: read, bytes: 0, longest } : read
      keep(path, found)
      return found.text
    },
    look(path, longest, known) {
      const found = told(path, () => readNow(path, longest, 0))
      if (found === 'missing') return found
      stats.set(path, found.stat)
      const { size, modified } = found.stat
      if (isAsKnown(found.stat, known)) return 'same'
      if (size <= longest) keep(path, found)
      return { size, modified, text: found.text }
    },
    forget(paths) {
      for (const path of paths) {
        texts.delete(path)
        cuts.delete(path)
      }
      for (const answers of [stats, reals, lists]) answers.clear()
    },
  }
}

function remembered<T>(answers: Map<Path, T>, path: Path, ask: () => T): T {
  const known = answers.get(path)
  if (known !== undefined) return known
  const answer = ask()
  answers.set(path, answer)
  return answer
}
