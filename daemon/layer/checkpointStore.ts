import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import {
  type CheckpointEntry,
  type ContentRef,
  checkpointEntrySchema,
  type Kept,
  keptSchema,
  refsOfBase,
  refsOfEntry,
} from './checkpointEntry.ts'
import { ContentStore } from './contentStore.ts'
import { isErrno } from './folder.ts'

const lineSchema = z.union([
  z.object({
    checkpoint: z.string(),
    set: z.array(z.tuple([z.string(), checkpointEntrySchema])),
    unset: z.array(z.string()),
  }),
  z.object({ kept: z.array(keptSchema) }),
])

interface Checkpoint {
  readonly name: string
  /** What is other than in the checkpoint before. */
  readonly set: Map<string, CheckpointEntry>
  readonly unset: Set<string>
  /** What was kept between this checkpoint and the next, by path: before the first time, after the last. */
  readonly kept: Map<string, Kept>
}

export interface CheckpointLimits {
  readonly checkpoints: number
  readonly bytes: number
}

/** Beyond these the oldest checkpoints are thinned out. */
const defaultLimits: CheckpointLimits = { checkpoints: 200, bytes: 4 * 1024 ** 3 }

/**
 * The checkpoints of a layer, in a folder of their own that is made with the first one: a journal of one JSON line for
 * each, which says only what is other than in the one before, and contents. A process killed at any moment leaves each
 * checkpoint whole or not there. Nothing is synced: after a power cut the last ones may be gone, and a content that is
 * not whole is found by its hash.
 */
export class CheckpointStore {
  readonly contents: ContentStore
  readonly #folder: string
  readonly #journal: string
  readonly #limits: CheckpointLimits
  #checkpoints: Checkpoint[] = []
  #latest = new Map<string, CheckpointEntry>()
  readonly #refs = new Map<string, { count: number; size: number }>()
  #bytes = 0
  #isLoaded = false
  #isBegun = false
  #released: string[] = []

  constructor(folder: string, limits = defaultLimits) {
    this.#folder = folder
    this.#journal = join(folder, 'journal')
    this.#limits = limits
    this.contents = new ContentStore(join(folder, 'content'))
  }

  /** Oldest first. */
  names(): string[] {
    this.#load()
    return this.#checkpoints.map(({ name }) => name)
  }

  /** What the last checkpoint has, by path. */
  latest(): ReadonlyMap<string, CheckpointEntry> {
    this.#load()
    return this.#latest
  }

  /** What was kept since the last checkpoint. */
  keptSince(): readonly Kept[] {
    this.#load()
    return [...(this.#checkpoints.at(-1)?.kept.values() ?? [])]
  }

  /** Everything that a checkpoint has, and what was kept since; undefined where there is none of that name. */
  at(name: string): { entries: Map<string, CheckpointEntry>; kept: Map<string, Kept> } | undefined {
    this.#load()
    const last = this.#checkpoints.findIndex((checkpoint) => checkpoint.name === name)
    if (last === -1) return undefined
    const entries = new Map<string, CheckpointEntry>()
    for (const { set, unset } of this.#checkpoints.slice(0, last + 1)) {
      for (const path of unset) entries.delete(path)
      for (const [path, entry] of set) entries.set(path, entry)
    }
    const kept = new Map<string, Kept>()
    for (const checkpoint of this.#checkpoints.slice(last)) addKept(kept, [...checkpoint.kept.values()])
    return { entries, kept }
  }

  /** To be called before contents are put for `add` and `addKept`. */
  begin(): void {
    this.#load()
    if (this.#isBegun) return
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    this.contents.retain(this.#refs)
    this.#isBegun = true
  }

  /** The contents that it names are in `contents` already. */
  add(name: string, set: Map<string, CheckpointEntry>, unset: Set<string>): void {
    this.#append({ checkpoint: name, set: [...set], unset: [...unset] })
    this.#take({ name, set, unset, kept: new Map() })
    this.#thin()
    this.#dropReleased()
  }

  /** Changes that were kept since the last checkpoint. The contents that they name are in `contents` already. */
  addKept(kept: readonly Kept[]): void {
    const last = this.#checkpoints.at(-1)
    if (!last || kept.length === 0) return
    this.#append({ kept })
    this.#keep(last, kept)
    this.#dropReleased()
  }

  /** Removes contents that were put for nothing. */
  undo(): void {
    this.contents.retain(this.#refs)
  }

  #load(): void {
    if (this.#isLoaded) return
    this.#isLoaded = true
    let text = ''
    try {
      text = readFileSync(this.#journal, 'utf8')
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
    let whole = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', whole)) {
      if (!this.#apply(text.slice(whole, end))) break
      whole = end + 1
    }
    // Each line builds on those before: from one that is torn on, there is nothing.
    if (whole < text.length) truncateSync(this.#journal, Buffer.byteLength(text.slice(0, whole)))
  }

  #apply(text: string): boolean {
    const line = parseLine(text)
    if (!line) return false
    if ('kept' in line) {
      const last = this.#checkpoints.at(-1)
      if (last) this.#keep(last, line.kept)
      return true
    }
    this.#take({ name: line.checkpoint, set: new Map(line.set), unset: new Set(line.unset), kept: new Map() })
    return true
  }

  #take(checkpoint: Checkpoint): void {
    this.#checkpoints.push(checkpoint)
    for (const path of checkpoint.unset) this.#latest.delete(path)
    for (const [path, entry] of checkpoint.set) {
      this.#latest.set(path, entry)
      this.#refer(refsOfEntry(entry))
    }
  }

  #keep(checkpoint: Checkpoint, kept: readonly Kept[]): void {
    const old = [...checkpoint.kept.values()].flatMap(refsOfKept)
    addKept(checkpoint.kept, kept)
    this.#refer([...checkpoint.kept.values()].flatMap(refsOfKept))
    this.#release(old)
  }

  #refer(refs: readonly ContentRef[]): void {
    for (const { sha256, size } of refs) {
      const known = this.#refs.get(sha256)
      if (known) known.count += 1
      else {
        this.#refs.set(sha256, { count: 1, size })
        this.#bytes += size
      }
    }
  }

  #release(refs: readonly ContentRef[]): void {
    for (const { sha256 } of refs) {
      const known = this.#refs.get(sha256)
      if (!known) continue
      known.count -= 1
      if (known.count > 0) continue
      this.#refs.delete(sha256)
      this.#bytes -= known.size
      this.#released.push(sha256)
    }
  }

  /** Only after the journal no longer names them. */
  #dropReleased(): void {
    for (const hash of this.#released) if (!this.#refs.has(hash)) this.contents.drop(hash)
    this.#released = []
  }

  /** Of the older half every second one goes where they are too many; the oldest where they take too much. */
  #thin(): void {
    const { checkpoints, bytes } = this.#limits
    const before = this.#checkpoints.length
    if (before > checkpoints) {
      for (let at = Math.floor(before / 2) - 1; at > 0; at -= 2) this.#drop(at)
    }
    while (this.#bytes > bytes && this.#checkpoints.length > 2) this.#drop(0)
    if (this.#checkpoints.length < before) this.#rewrite()
  }

  /** What it says goes over to its neighbours. */
  #drop(at: number): void {
    const gone = this.#checkpoints[at]!
    const next = this.#checkpoints[at + 1]!
    for (const [path, entry] of gone.set) {
      if (next.set.has(path) || next.unset.has(path)) this.#release(refsOfEntry(entry))
      else next.set.set(path, entry)
    }
    for (const path of gone.unset) if (!next.set.has(path)) next.unset.add(path)
    const earlier = this.#checkpoints[at - 1]
    if (earlier) this.#keep(earlier, [...gone.kept.values()])
    this.#release([...gone.kept.values()].flatMap(refsOfKept))
    this.#checkpoints.splice(at, 1)
  }

  #append(line: unknown): void {
    const size = statSync(this.#journal, { throwIfNoEntry: false })?.size ?? 0
    try {
      appendFileSync(this.#journal, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    } catch (error) {
      // A disk that is full may have taken half a line.
      if (size > 0) truncateSync(this.#journal, size)
      throw error
    }
  }

  #rewrite(): void {
    const lines = this.#checkpoints.flatMap(({ name, set, unset, kept }) => [
      { checkpoint: name, set: [...set], unset: [...unset] },
      ...(kept.size > 0 ? [{ kept: [...kept.values()] }] : []),
    ])
    const aside = join(this.#folder, '.journal')
    writeFileSync(aside, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 })
    renameSync(aside, this.#journal)
  }
}

function addKept(to: Map<string, Kept>, kept: readonly Kept[]): void {
  for (const { path, before, after } of kept) to.set(path, { path, before: to.get(path)?.before ?? before, after })
}

function refsOfKept({ before, after }: Kept): ContentRef[] {
  return [...refsOfBase(before), ...refsOfBase(after)]
}

function parseLine(line: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
