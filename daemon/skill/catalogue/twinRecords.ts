import type { Path } from '../document/location.ts'
import type { FileRecord } from './catalogue.ts'
import { insertInto, removeFrom } from './sortedRecords.ts'
import { areNearlySame, few, wordsIn } from './words.ts'

/** In a catalogue of thousands by one template many share their words: no more than these are compared for each word. */
const mostCompared = 50
/** By so many skills is told which words are rare. */
const mostCounted = 2000

interface Member {
  readonly path: Path
  readonly record: FileRecord
  readonly words: readonly number[]
  /** Those of `words` by which it is found. */
  readonly rarest: readonly number[]
}

/**
 * Skills by the rarest words of their descriptions. Two texts of which each has nine tenths of the words of both share one of the rarest
 * words of each, of a tenth and one more, in whatever order words count as rare: so the others need no look.
 */
export class TwinRecords {
  readonly #counts = new Map<number, number>()
  readonly #counted: number
  readonly #members = new Map<Path, Member>()
  /** One member or several, because most stand alone. */
  readonly #having = new Map<number, Member | Member[]>()

  /** `all` tell which words are rare; they are not added. */
  constructor(all: readonly FileRecord[]) {
    this.#counted = all.length
    for (let at = 0; at < all.length; at += Math.ceil(all.length / mostCounted)) {
      for (const word of wordsIn(all[at]!.description)) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
    }
  }

  /** So many came since that other words are rare by now: a new table would be faster, and would find more. */
  get isOutgrown(): boolean {
    return this.#members.size > 2 * this.#counted + mostCompared
  }

  add(record: FileRecord): void {
    const member = this.#memberFrom(record, record.description)
    this.#members.set(member.path, member)
    for (const word of member.rarest) {
      const known = this.#having.get(word)
      if (known === undefined) this.#having.set(word, member)
      else if (Array.isArray(known)) insertInto(known, member)
      else this.#having.set(word, known.path < member.path ? [known, member] : [member, known])
    }
  }

  remove({ path }: FileRecord): void {
    const member = this.#members.get(path)
    this.#members.delete(path)
    for (const word of member?.rarest ?? []) {
      const known = this.#having.get(word)
      if (Array.isArray(known)) removeFrom(known, path)
      if (!Array.isArray(known) || known.length === 0) this.#having.delete(word)
    }
  }

  /** The first other skill beside a record, in the order of paths, whose description has nearly the same words as `description`. */
  of(record: FileRecord, description: string): FileRecord | undefined {
    const known = this.#members.get(record.path)
    const member = known?.record.description === description ? known : this.#memberFrom(record, description)
    let found: FileRecord | undefined
    for (const word of member.rarest) {
      const others = this.#having.get(word)
      if (others === undefined || others === member) continue
      const twin = firstTwin(Array.isArray(others) ? others : [others], member)
      if (twin && (!found || twin.path < found.path)) found = twin
    }
    return found
  }

  #memberFrom(record: FileRecord, description: string): Member {
    const words = wordsIn(description)
    // A list that has grown holds room for as much again.
    return { path: record.path, record, words: words.slice(), rarest: this.#rarestOf(words).slice() }
  }

  /** The words that are counted least, a tenth and one more; of hundreds of words `few` are enough to find nearly all. */
  #rarestOf(words: readonly number[]): number[] {
    const most = Math.min(words.length, Math.floor(words.length / 10) + 1, few)
    const rarest: number[] = []
    const ranks: number[] = []
    for (const word of words) {
      const rank = (this.#counts.get(word) ?? 0) * 2 ** 32 + (word >>> 0)
      let at = ranks.length
      if (at < most) ranks.push(rank)
      else if (rank > ranks[--at]!) continue
      for (; at > 0 && ranks[at - 1]! > rank; at--) {
        ranks[at] = ranks[at - 1]!
        rarest[at] = rarest[at - 1]!
      }
      ranks[at] = rank
      rarest[at] = word
    }
    return rarest
  }
}

/** What `TwinRecords` find, by a look at each of `all`, in the order of paths: for who asks a few times. */
export function twinAmong(all: readonly FileRecord[], record: FileRecord, description: string): FileRecord | undefined {
  const { path, folder, scope } = record
  const words = wordsIn(description)
  const written = [...new Set(description.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [])]
  // Long words are rare, so that most texts are seen to be others by the first few.
  written.sort((a, b) => b.length - a.length)
  return all.find((other) => {
    if (other.path === path || other.folder !== folder || other.scope !== scope) return false
    return hasMost(other.description.toLowerCase(), written) && areNearlySame(words, wordsIn(other.description))
  })
}

/** Whether nine tenths of the words stand somewhere in a text. */
function hasMost(text: string, words: readonly string[]): boolean {
  let missing = 0
  for (const word of words) if (!text.includes(word) && ++missing * 10 > words.length) return false
  return true
}

function firstTwin(others: readonly Member[], { path, record: own, words }: Member): FileRecord | undefined {
  for (let at = 0; at < others.length && at < mostCompared; at++) {
    const { record, words: theirs } = others[at]!
    if (!areNearlySame(words, theirs)) continue
    if (record.path !== path && record.folder === own.folder && record.scope === own.scope) return record
  }
  return undefined
}
