import { type Path, parentOf } from './document/location.ts'
import type { Answer, DiskAtOnce, FileStat, FileView, FolderItem, Missing, SkillWorkspace } from './workspace.ts'

const longestText = 262_144
const mostAnswers = 50_000
const atOnce = 16

/**
 * What rules have asked about the disk, remembered. A question that has no answer yet is noted; `load` fetches all noted ones. Forgets what
 * it is told has changed.
 */
export class DiskView implements FileView {
  readonly #workspace: SkillWorkspace
  readonly #atOnce: DiskAtOnce | undefined
  readonly #stats = new Map<Path, FileStat | Missing>()
  readonly #reals = new Map<Path, Path | Missing>()
  readonly #lists = new Map<Path, readonly FolderItem[] | Missing>()
  readonly #texts = new Map<Path, string | Missing>()
  readonly #asked = new Map<string, () => Promise<void>>()
  /** Grows with what was forgotten: an answer that was on its way meanwhile is old. */
  #forgotten = 0
  #age = 0

  /** With `atOnce` no question is left open. */
  constructor(workspace: SkillWorkspace, atOnce?: DiskAtOnce) {
    this.#workspace = workspace
    this.#atOnce = atOnce
  }

  get age(): number {
    return this.#age
  }

  /** Something was asked for and is not known yet. */
  get hasQuestions(): boolean {
    return this.#asked.size > 0
  }

  stat(path: Path): FileStat | Missing | undefined {
    return this.#answer(this.#stats, path, questions.stat)
  }

  real(path: Path): Path | Missing | undefined {
    return this.#answer(this.#reals, path, questions.real)
  }

  list(path: Path): readonly FolderItem[] | Missing | undefined {
    return this.#answer(this.#lists, path, questions.list)
  }

  text(path: Path): string | Missing | undefined {
    return this.#answer(this.#texts, path, questions.text)
  }

  /** Fetches what was asked for; true if there is something new. */
  async load(): Promise<boolean> {
    const fetches = [...this.#asked.values()]
    this.#asked.clear()
    for (let at = 0; at < fetches.length; at += atOnce) {
      await Promise.all(fetches.slice(at, at + atOnce).map((fetch) => fetch()))
    }
    return fetches.length > 0
  }

  /** Files or folders appeared, changed or vanished. */
  forget(paths: readonly Path[]): void {
    if (paths.length === 0) return
    this.#age++
    this.#forgotten++
    this.#atOnce?.forget(paths)
    const gone = new Set(paths)
    for (const answers of [this.#stats, this.#reals, this.#lists, this.#texts]) {
      for (const each of [...answers.keys()]) if (isInAny(gone, each)) answers.delete(each)
    }
    for (const path of gone) {
      this.#lists.delete(parentOf(path))
      this.#stats.delete(parentOf(path))
    }
  }

  #answer<T>(answers: Map<Path, T>, path: Path, { name, now, later }: Question<T>): T | undefined {
    // Which remembers its answers itself.
    if (this.#atOnce) return now(this.#atOnce, path)
    const known = answers.get(path)
    if (known !== undefined) return known
    this.#asked.set(`${name} ${path}`, async () => {
      const forgotten = this.#forgotten
      const answer = await later(this.#workspace, path)
      if (forgotten !== this.#forgotten) return
      this.#age++
      if (answers.size >= mostAnswers) answers.clear()
      answers.set(path, answer)
    })
    return undefined
  }
}

function isInAny(folders: ReadonlySet<Path>, path: Path): boolean {
  for (let at = path; at !== ''; at = parentOf(at)) if (folders.has(at)) return true
  return false
}

interface Question<T> {
  readonly name: string
  readonly now: (disk: DiskAtOnce, path: Path) => T
  readonly later: (disk: SkillWorkspace, path: Path) => Answer<T>
}

const questions: {
  readonly stat: Question<FileStat | Missing>
  readonly real: Question<Path | Missing>
  readonly list: Question<readonly FolderItem[] | Missing>
  readonly text: Question<string | Missing>
} = {
  stat: { name: 'stat', now: (disk, path) => disk.stat(path), later: (disk, path) => disk.stat(path) },
  real: { name: 'real', now: (disk, path) => disk.real(path), later: (disk, path) => disk.real(path) },
  list: { name: 'list', now: (disk, path) => disk.list(path), later: (disk, path) => disk.list(path) },
  text: {
    name: 'text',
    now: (disk, path) => disk.read(path, longestText),
    later: (disk, path) => disk.read(path, longestText),
  },
}
