import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isErrno } from './folder.ts'

/** What was copied to one path. */
export interface Copied {
  readonly isFolder: boolean
  /** Of the copy when it was made; of a folder, its mode. What has another is the agent's. */
  readonly own: string
  /** Of what was copied; empty where that is to be copied anew. */
  readonly user: string
}

/** `[path, own, user, 1 for a folder]`; `[path]` where nothing is copied any more; `[path, 0]` where something is about to be. */
type Line = [string] | [string, 0] | [string, string, string] | [string, string, string, 1]

const linesAtOnce = 512

/**
 * What the daemon itself put into a copy, path by path: a journal in one file. A process killed at any moment leaves it
 * knowing each path that was, or was about to be, copied. Nothing is synced: what a power cut takes looks like the agent's
 * work, and as far as it equals the user's is no change.
 */
export class CopyManifest {
  readonly #file: string
  readonly #copied = new Map<string, Copied>()
  readonly #begun = new Set<string>()
  #unsaved: Line[] = []
  #isWhole = false

  constructor(file: string) {
    this.#file = file
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    this.#load()
  }

  /** Everything was copied once. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  get(path: string): Copied | undefined {
    return this.#copied.get(path)
  }

  entries(): IterableIterator<[string, Copied]> {
    return this.#copied.entries()
  }

  /** What a process was about to copy when it was killed. */
  begun(): string[] {
    return [...this.#begun]
  }

  /** To be called before a path is touched. Before everything was copied once, the whole copy is what was begun. */
  begin(path: string): void {
    if (!this.#isWhole || this.#begun.has(path)) return
    this.#begun.add(path)
    this.#unsaved.push([path, 0])
    this.save()
  }

  set(path: string, copied: Copied): void {
    this.#copied.set(path, copied)
    this.#begun.delete(path)
    const { own, user, isFolder } = copied
    this.#say(isFolder ? [path, own, user, 1] : [path, own, user])
  }

  delete(path: string): void {
    const wasKnown = this.#copied.delete(path)
    if (this.#begun.delete(path) || wasKnown) this.#say([path])
  }

  /** Everything was copied: writes all of it anew. */
  complete(): void {
    const wasWhole = this.#isWhole
    this.#isWhole = true
    if (wasWhole) this.save()
    else this.#compact()
  }

  /** Everything said so far survives the end of the process from here on. */
  save(): void {
    if (!this.#isWhole || this.#unsaved.length === 0) return
    appendFileSync(this.#file, textOf(this.#unsaved), { mode: 0o600 })
    this.#unsaved = []
  }

  #say(line: Line): void {
    if (!this.#isWhole) return
    this.#unsaved.push(line)
    if (this.#unsaved.length >= linesAtOnce) this.save()
  }

  #load(): void {
    let text = ''
    try {
      text = readFileSync(this.#file, 'utf8')
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return
      throw error
    }
    this.#isWhole = true
    let lines = 0
    for (const json of text.split('\n')) {
      const line = lineOf(json)
      if (!line) continue
      lines += 1
      const [path, own, user, isFolder] = line
      this.#begun.delete(path)
      if (own === 0) this.#begun.add(path)
      else if (own === undefined) this.#copied.delete(path)
      else this.#copied.set(path, { own, user: user ?? '', isFolder: isFolder === 1 })
    }
    if (lines > 1000 + 2 * this.#copied.size) this.#compact()
  }

  #compact(): void {
    const lines: Line[] = []
    for (const [path, { own, user, isFolder }] of this.#copied) {
      lines.push(isFolder ? [path, own, user, 1] : [path, own, user])
    }
    for (const path of this.#begun) lines.push([path, 0])
    writeFileSync(`${this.#file}.new`, textOf(lines), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
    this.#unsaved = []
  }
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** A torn one is none. */
function lineOf(json: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(json)
    if (!Array.isArray(line) || typeof line[0] !== 'string') return undefined
    const [, own, user] = line
    const isKnown = own === undefined || own === 0 || (typeof own === 'string' && typeof user === 'string')
    return isKnown ? (line as Line) : undefined
  } catch {
    return undefined
  }
}
