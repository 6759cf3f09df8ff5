import type { FileRecord } from './catalogue.ts'
import { areAlike } from './sketch.ts'
import { insertInto, removeFrom } from './sortedRecords.ts'

/** What two sketches must have in common, as places in them. */
const pairs = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 2],
  [1, 3],
  [2, 3],
] as const

/** Records by what their descriptions are like, within one folder of skills: finds the like ones without a look at the others. */
export class AlikeRecords {
  /** One record or several, because most stand alone. */
  readonly #buckets = new Map<number, FileRecord | FileRecord[]>()

  add(record: FileRecord): void {
    for (const key of keysOf(record)) {
      const known = this.#buckets.get(key)
      if (known === undefined) this.#buckets.set(key, record)
      else if (Array.isArray(known)) insertInto(known, record)
      else this.#buckets.set(key, known.path < record.path ? [known, record] : [record, known])
    }
  }

  remove(record: FileRecord): void {
    for (const key of keysOf(record)) {
      const known = this.#buckets.get(key)
      if (!known) continue
      if (Array.isArray(known)) removeFrom(known, record.path)
      if (!Array.isArray(known) || known.length === 0) this.#buckets.delete(key)
    }
  }

  /** The first `most` others beside a record whose descriptions are worth comparing with its own, in the order of paths. */
  of(record: FileRecord, most: number): FileRecord[] {
    const lists: (readonly FileRecord[])[] = []
    for (const key of keysOf(record)) {
      const known = this.#buckets.get(key)
      if (known) lists.push(Array.isArray(known) ? known : [known])
    }
    const places = lists.map(() => 0)
    const found: FileRecord[] = []
    while (found.length < most) {
      let next: FileRecord | undefined
      for (let list = 0; list < lists.length; list++) {
        const first = lists[list]![places[list]!]
        if (first && first !== next && (!next || first.path < next.path)) next = first
      }
      if (!next) break
      for (let list = 0; list < lists.length; list++) if (lists[list]![places[list]!] === next) places[list]!++
      // Two keys can be the same by accident.
      if (next.path !== record.path && isBeside(record, next) && areAlike(record.sketch, next.sketch)) found.push(next)
    }
    return found
  }
}

function isBeside(one: FileRecord, other: FileRecord): boolean {
  return one.folder === other.folder && one.scope === other.scope
}

/** One of each two places; whoever is like a record has one of its keys. */
function keysOf({ sketch, folder = '', scope }: FileRecord): number[] {
  let group = scope === 'personal' ? 1 : 2
  for (let i = 0; i < folder.length; i++) group = Math.imul(group ^ folder.charCodeAt(i), 16777619)
  const keys = pairs.map(([one, other], at) => {
    const mixed = Math.imul(group ^ (sketch[one] ?? 0) ^ at, 0x9e3779b1)
    return Math.imul(mixed ^ (mixed >>> 15) ^ (sketch[other] ?? 0), 0x85ebca77) | 0
  })
  return [...new Set(keys)]
}
