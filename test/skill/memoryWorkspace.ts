import { nameIn, type Path, parentOf } from '../../daemon/skill/document/location.ts'
import {
  type FileMarks,
  type FileStat,
  type FileText,
  type FileView,
  type FolderItem,
  isAsKnown,
  type Missing,
  type SkillWorkspace,
} from '../../daemon/skill/workspace.ts'

interface MemoryFile {
  text: string
  modified: number
}

/** A disk in memory: files by their absolute path; folders are there while something is in them; symbolic links by where they lead. */
export class MemoryWorkspace implements SkillWorkspace {
  /** How often each kind of question was asked. */
  readonly asked = { stat: 0, list: 0, read: 0 }
  readonly #files = new Map<Path, MemoryFile>()
  #clock = 1_700_000_000_000

  readonly #links: ReadonlyMap<Path, Path>

  constructor(files: Readonly<Record<Path, string>> = {}, links: Readonly<Record<Path, Path>> = {}) {
    this.#links = new Map(Object.entries(links))
    for (const [path, text] of Object.entries(files)) this.write(path, text)
  }

  write(path: Path, text: string): void {
    this.#clock += 1000
    this.#files.set(path, { text, modified: this.#clock })
  }

  remove(path: Path): void {
    for (const each of [...this.#files.keys()])
      if (each === path || each.startsWith(`${path}/`)) this.#files.delete(each)
  }

  rename(from: Path, to: Path): void {
    for (const [path, file] of [...this.#files]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.#files.delete(path)
      this.#files.set(to + path.slice(from.length), file)
    }
  }

  text(path: Path): string | undefined {
    return this.#files.get(path)?.text
  }

  paths(): Path[] {
    return [...this.#files.keys()].sort()
  }

  async stat(path: Path): Promise<FileStat | Missing> {
    this.asked.stat++
    return this.#stat(path)
  }

  async real(path: Path): Promise<Path | Missing> {
    return this.#real(path)
  }

  async list(path: Path): Promise<readonly FolderItem[] | Missing> {
    this.asked.list++
    return this.#list(path)
  }

  async read(path: Path, longest: number): Promise<string | Missing> {
    this.asked.read++
    return this.#files.get(path)?.text.slice(0, longest) ?? 'missing'
  }

  async look(path: Path, longest: number, known: FileMarks | undefined): Promise<FileText | 'same' | Missing> {
    const file = this.#files.get(path)
    if (!file) return 'missing'
    const marks = { size: Buffer.byteLength(file.text), modified: file.modified }
    if (isAsKnown(marks, known)) return 'same'
    this.asked.read++
    return { ...marks, text: marks.size > longest ? '' : file.text }
  }

  /** The same disk as a rule sees it when all of it is known. */
  view(): FileView {
    return {
      age: 0,
      stat: (path) => this.#stat(path),
      real: (path) => this.#real(path),
      list: (path) => this.#list(path),
      text: (path) => this.#files.get(path)?.text ?? 'missing',
    }
  }

  #real(path: Path): Path | Missing {
    const to = this.#links.get(path)
    if (to !== undefined) return this.#stat(to) === 'missing' ? 'missing' : to
    return this.#stat(path) === 'missing' ? 'missing' : path
  }

  #stat(path: Path): FileStat | Missing {
    const file = this.#files.get(path)
    if (file) {
      const size = Buffer.byteLength(file.text)
      return { type: 'file', size, modified: file.modified, executable: file.text.startsWith('#!') }
    }
    const isFolder = [...this.#files.keys()].some((each) => each.startsWith(`${path}/`))
    return isFolder ? { type: 'folder', size: 0, modified: 0, executable: true } : 'missing'
  }

  #list(path: Path): readonly FolderItem[] | Missing {
    const items = new Map<string, FolderItem>()
    for (const each of this.#files.keys()) {
      if (!each.startsWith(`${path}/`)) continue
      const [name = '', ...rest] = each.slice(path.length + 1).split('/')
      items.set(name, { name, type: rest.length > 0 ? 'folder' : 'file', linked: false })
    }
    for (const [from, to] of this.#links) {
      if (parentOf(from) !== path) continue
      const target = this.#stat(to)
      items.set(nameIn(from), {
        name: nameIn(from),
        type: target === 'missing' ? 'link' : target.type,
        linked: true,
      })
    }
    if (items.size === 0) return 'missing'
    return [...items.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}
