import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Base } from './base.ts'
import { sha256 } from './fileState.ts'
import { isErrno } from './folder.ts'
import { Pace } from './pace.ts'

const content = { size: z.number(), mode: z.number(), sha256: z.string(), text: z.boolean(), lines: z.number() }
/** A base as it is stored. */
export const baseSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('absent') }),
  z.object({ type: z.literal('symlink'), target: z.string() }),
  z.object({ type: z.literal('folder') }),
  z.object({ type: z.literal('unknown') }),
  z.object({ type: z.literal('file'), ...content, stored: z.boolean(), stamp: z.string().exactOptional() }),
])
const lineSchema = z.union([
  z.object({ path: z.string(), base: baseSchema.nullable(), pending: z.boolean().optional() }),
  z.object({ mountedAt: z.number() }),
  z.object({ writing: z.string(), temp: z.string() }),
  z.object({ written: z.string() }),
])
type Line = z.infer<typeof lineSchema>

/** Two readings of two clocks may look that far apart where nobody set one. */
const roundingMs = 2

interface Kept {
  readonly base: Base
  /** Announced by a tool, not yet seen as a change. */
  readonly pending: boolean
}

/**
 * The bases of a layer, in a folder of their own: contents as files named by their SHA-256, and a journal of one JSON
 * line a fact. A process killed at any moment leaves whole contents and at most one torn line, which is dropped.
 */
export class BaseStore {
  readonly #folder: string
  readonly #journal: string
  readonly #bases = new Map<string, Kept>()
  readonly #writing = new Map<string, string>()
  #mountedAt = 0
  /** The clock when that was set, against one that nobody sets. */
  #clock: number | undefined
  #unsaved: Line[] = []
  #lines = 0

  /** Made if missing. */
  constructor(folder: string) {
    this.#folder = folder
    this.#journal = join(folder, 'journal')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#load()
    this.#compact()
  }

  get(path: string): Base | undefined {
    return this.#bases.get(path)?.base
  }

  isPending(path: string): boolean {
    return this.#bases.get(path)?.pending === true
  }

  paths(): string[] {
    return [...this.#bases.keys()]
  }

  set(path: string, base: Base, pending = false): void {
    this.#bases.set(path, { base, pending })
    this.#unsaved.push({ path, base, ...(pending && { pending }) })
  }

  forget(path: string): void {
    if (this.#bases.delete(path)) this.#unsaved.push({ path, base: null })
  }

  /**
   * The last mount that every change seen so far was judged by. 0: never mounted. Earlier by as much as the clock was set
   * back since: what the user saved after that has times of before the mount.
   */
  get mountedAt(): number {
    if (this.#clock === undefined) return this.#mountedAt
    const shift = Date.now() - performance.now() - this.#clock
    return shift < -roundingMs ? this.#mountedAt + shift : this.#mountedAt
  }

  set mountedAt(at: number) {
    this.#mountedAt = at
    this.#clock = Date.now() - performance.now()
    this.#unsaved.push({ mountedAt: at })
  }

  /** Stores content that a base names. */
  put(bytes: Uint8Array): void {
    const path = join(this.#folder, sha256(bytes))
    if (statSync(path, { throwIfNoEntry: false })?.size === bytes.length) return
    const aside = join(this.#folder, `.${randomBytes(8).toString('hex')}`)
    writeFileSync(aside, bytes, { flag: 'wx', mode: 0o600 })
    renameSync(aside, path)
  }

  /** Content stored under its SHA-256; undefined where it is not there or not whole any more. */
  async content(hash: string): Promise<Buffer | undefined> {
    try {
      // Most are small, and a thread's round trips cost more than reading one.
      const bytes = readFileSync(join(this.#folder, hash))
      return sha256(bytes) === hash ? bytes : undefined
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    }
  }

  /** Where the content of that SHA-256 lies, if it is stored. It is never written again, and removed when no base names it. */
  fileOf(hash: string): string {
    return join(this.#folder, hash)
  }

  /** A file named `temp` is about to be made in the user's folder `folder`; what stays of it after a crash is removed. */
  writing(folder: string, temp: string): void {
    this.#writing.set(temp, folder)
    this.#unsaved.push({ writing: folder, temp })
    this.save()
  }

  written(temp: string): void {
    this.#writing.delete(temp)
    this.#unsaved.push({ written: temp })
  }

  /** Files that a process before this one was making when it was killed. */
  leftovers(): { folder: string; temp: string }[] {
    return [...this.#writing].map(([temp, folder]) => ({ folder, temp }))
  }

  /** Everything said so far survives the end of the process from here on. */
  save(): void {
    if (this.#unsaved.length === 0) return
    const text = this.#unsaved.map((line) => `${JSON.stringify(line)}\n`).join('')
    const size = this.#size()
    try {
      appendFileSync(this.#journal, text, { mode: 0o600 })
    } catch (error) {
      // A disk that is full may have taken half a line; the rest of the journal must stay readable.
      truncateSync(this.#journal, size)
      throw error
    }
    this.#lines += this.#unsaved.length
    this.#unsaved = []
    if (this.#lines > 1000 + 4 * this.#bases.size) this.#compact()
  }

  #size(): number {
    try {
      return statSync(this.#journal).size
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return 0
      throw error
    }
  }

  #load(): void {
    let text = ''
    try {
      text = readFileSync(this.#journal, 'utf8')
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
    for (const line of text.split('\n')) {
      const fact = parseLine(line)
      if (fact) this.#apply(fact)
    }
  }

  #apply(line: Line): void {
    if ('mountedAt' in line) this.#mountedAt = line.mountedAt
    else if ('writing' in line) this.#writing.set(line.temp, line.writing)
    else if ('written' in line) this.#writing.delete(line.written)
    else if (line.base === null) this.#bases.delete(line.path)
    else this.#bases.set(line.path, { base: line.base, pending: line.pending === true })
  }

  /** Removes contents that no base names. */
  async sweep(): Promise<void> {
    const named = new Set<string>(['journal'])
    for (const { base } of this.#bases.values()) if (base.type === 'file' && base.stored) named.add(base.sha256)
    const pace = new Pace()
    for (const name of readdirSync(this.#folder)) {
      if (pace.isOver) await pace.rest()
      if (!named.has(name)) unlinkSync(join(this.#folder, name))
    }
  }

  /** Writes the journal anew, one line a fact. */
  #compact(): void {
    const lines: Line[] = [{ mountedAt: this.#mountedAt }]
    for (const [path, { base, pending }] of this.#bases) {
      lines.push({ path, base, ...(pending && { pending }) })
    }
    for (const [temp, folder] of this.#writing) lines.push({ writing: folder, temp })
    const aside = join(this.#folder, '.journal')
    writeFileSync(aside, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 })
    renameSync(aside, this.#journal)
    this.#lines = lines.length
  }
}

function parseLine(line: string): Line | undefined {
  if (line === '') return undefined
  try {
    return lineSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
