import type { Path } from '../document/location.ts'
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

interface Member {
  readonly path: Path
  readonly record: FileRecord
  /** One of each two places; whoever is like the record has one of its keys. */
  readonly keys: readonly number[]
  /** In the order of paths: to compare numbers costs a fiftieth. */
  place: number
}

/** Records by what their descriptions are like, within one folder of skills: finds the like ones without a look at the others. */
export class AlikeRecords {
  readonly #members = new Map<Path, Member>()
  readonly #inOrder: Member[] = []
  #isNumbered = true
  /** One record or several, because most stand alone. */
  readonly #buckets = new Map<number, Member | Member[]>()

  /** What was asked since the last change: of skills by one template most have the same sketch. */
  readonly #asked = new Map<number, Asked>()

  add(record: FileRecord): void {
    this.#asked.clear()
    const { path } = record
    const member: Member = { path, record, keys: keysOf(record), place: (this.#inOrder.at(-1)?.place ?? 0) + 1 }
    this.#members.set(path, member)
    insertInto(this.#inOrder, member)
    if (this.#inOrder.at(-1) !== member) this.#isNumbered = false
    for (const key of member.keys) {
      const known = this.#buckets.get(key)
      if (known === undefined) this.#buckets.set(key, member)
      else if (Array.isArray(known)) insertInto(known, member)
      else this.#buckets.set(key, known.path < path ? [known, member] : [member, known])
    }
  }

  remove({ path }: FileRecord): void {
    const member = this.#members.get(path)
    if (!member) return
    this.#asked.clear()
    this.#members.delete(path)
    removeFrom(this.#inOrder, path)
    for (const key of member.keys) {
      const known = this.#buckets.get(key)
      if (!known) continue
      if (Array.isArray(known)) removeFrom(known, path)
      if (!Array.isArray(known) || known.length === 0) this.#buckets.delete(key)
    }
  }

  /** The first `most` others beside a record whose descriptions are worth comparing with its own, in the order of paths. */
  of(record: FileRecord, most: number): readonly FileRecord[] {
    const slot = record.sketch.reduce(mixed, most)
    let asked = this.#asked.get(slot)
    if (!asked || asked.most !== most || !isBeside(asked.by, record) || !hasSameSketch(asked.by, record)) {
      if (this.#asked.size >= mostAsked) this.#asked.clear()
      const found = this.#like(record, most + 1)
      asked = { by: record, most, found, first: found.slice(0, most) }
      this.#asked.set(slot, asked)
    }
    return asked.first.includes(record) ? asked.found.filter((other) => other !== record) : asked.first
  }

  /** The first `most` that are like a record, itself included. */
  #like(record: FileRecord, most: number): FileRecord[] {
    this.#number()
    const found: FileRecord[] = []
    const lists: (readonly Member[])[] = []
    for (const key of keysOf(record)) {
      const known = this.#buckets.get(key)
      if (known) lists.push(Array.isArray(known) ? known : [known])
    }
    const places = lists.map(() => 0)
    while (found.length < most) {
      let next: Member | undefined
      for (let list = 0; list < lists.length; list++) {
        const first = lists[list]![places[list]!]
        if (first && (!next || first.place < next.place)) next = first
      }
      if (!next) break
      for (let list = 0; list < lists.length; list++) if (lists[list]![places[list]!] === next) places[list]!++
      const other = next.record
      // Two keys can be the same by accident.
      if (isBeside(record, other) && areAlike(record.sketch, other.sketch)) found.push(other)
    }
    return found
  }

  #number(): void {
    if (this.#isNumbered) return
    for (let place = 0; place < this.#inOrder.length; place++) this.#inOrder[place]!.place = place
    this.#isNumbered = true
  }
}

/** No more answers than this are remembered at a time. */
const mostAsked = 500

interface Asked {
  readonly by: FileRecord
  readonly most: number
  /** One more than was asked for, in case that who asks is among them. */
  readonly found: readonly FileRecord[]
  readonly first: readonly FileRecord[]
}

function mixed(one: number, other: number): number {
  return Math.imul(one ^ other, 0x9e3779b1)
}

function hasSameSketch({ sketch }: FileRecord, other: FileRecord): boolean {
  return sketch.every((number, at) => number === other.sketch[at])
}

function isBeside(one: FileRecord, other: FileRecord): boolean {
  return one.folder === other.folder && one.scope === other.scope
}

function keysOf({ sketch, folder = '', scope }: FileRecord): number[] {
  const group = groupOf(folder, scope)
  const keys: number[] = []
  for (let at = 0; at < pairs.length; at++) {
    const [one, other] = pairs[at]!
    const mixed = Math.imul(group ^ (sketch[one] ?? 0) ^ at, 0x9e3779b1)
    const key = Math.imul(mixed ^ (mixed >>> 15) ^ (sketch[other] ?? 0), 0x85ebca77) | 0
    if (!keys.includes(key)) keys.push(key)
  }
  return keys
}

function groupOf(folder: string, scope: FileRecord['scope']): number {
  let group = scope === 'personal' ? 1 : 2
  for (let i = 0; i < folder.length; i++) group = Math.imul(group ^ folder.charCodeAt(i), 16777619)
  return group
}
