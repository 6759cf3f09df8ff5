import { type Path, parentOf } from './document/location.ts'
import type { FileStat, FileView, FolderItem, Missing, SkillWorkspace } from './workspace.ts'

const longestText = 262_144
const mostAnswers = 50_000
const atOnce = 16

/**
 * What rules have asked about the disk, remembered. A question that has no answer yet is noted; `load` fetches all noted ones. Forgets what
 * it is told has changed.
 */
export class DiskView implements FileView {
  readonly #workspace: SkillWorkspace
  readonly #stats = new Map<Path, FileStat | Missing>()
  readonly #reals = new Map<Path, Path | Missing>()
  readonly #lists = new Map<Path, readonly FolderItem[] | Missing>()
  readonly #texts = new Map<Path, string | Missing>()
  readonly #asked = new Map<string, () => Promise<void>>()
  /** Grows with every change: an answer that was on its way meanwhile is old. */
  #age = 0

  constructor(workspace: SkillWorkspace) {
    this.#workspace = workspace
  }

  /** Something was asked for and is not known yet. */
  get hasQuestions(): boolean {
    return this.#asked.size > 0
  }

  stat(path: Path): FileStat | Missing | undefined {
    return this.#answer('stat', this.#stats, path, () => this.#workspace.stat(path))
  }

  real(path: Path): Path | Missing | undefined {
    return this.#answer('real', this.#reals, path, () => this.#workspace.real(path))
  }

  list(path: Path): readonly FolderItem[] | Missing | undefined {
    return this.#answer('list', this.#lists, path, () => this.#workspace.list(path))
  }

  text(path: Path): string | Missing | undefined {
    return this.#answer('text', this.#texts, path, () => this.#workspace.read(path, longestText))
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

  /** A file or folder appeared, changed or vanished. */
  forget(path: Path): void {
    this.#age++
    for (const answers of [this.#stats, this.#reals, this.#lists, this.#texts]) {
      answers.delete(path)
      for (const each of [...answers.keys()]) if (each.startsWith(`${path}/`)) answers.delete(each)
    }
    this.#lists.delete(parentOf(path))
    this.#stats.delete(parentOf(path))
  }

  #answer<T>(question: string, answers: Map<Path, T>, path: Path, ask: () => Promise<T>): T | undefined {
    const known = answers.get(path)
    if (known !== undefined) return known
    this.#asked.set(`${question} ${path}`, async () => {
      const age = this.#age
      const answer = await ask()
      if (age !== this.#age) return
      if (answers.size >= mostAnswers) answers.clear()
      answers.set(path, answer)
    })
    return undefined
  }
}
