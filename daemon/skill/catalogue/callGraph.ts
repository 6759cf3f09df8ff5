import type { Path } from '../document/location.ts'
import type { Catalogue, FileRecord } from './catalogue.ts'
import { resolve } from './resolve.ts'

/** A longer way nobody follows. */
const mostVisits = 40
/** Stands behind the last call of a file, and where its calls were not looked up yet. */
const end = -1

/**
 * Which files call which skills, as long as the catalogue stays as it is. Only what is asked for is looked up, and once. Files are numbers
 * here: a walk goes through thousands of them in a millisecond.
 */
export class CallGraph {
  readonly #catalogue: Catalogue
  readonly #home: Path | undefined
  readonly #numbers = new Map<FileRecord, number>()
  readonly #records: FileRecord[] = []
  /** Where the calls of each file begin in `#calls`. */
  readonly #begins: number[] = []
  readonly #calls: number[] = []
  /** The last walk that came by. */
  readonly #walks: number[] = []
  #walk = 0

  constructor(catalogue: Catalogue, home: Path | undefined) {
    this.#catalogue = catalogue
    this.#home = home
  }

  /** The files through which `start` leads to `goal`, in order; undefined where none does, or only by a long way. */
  way(start: FileRecord, goal: FileRecord): Path[] | undefined {
    const walk = ++this.#walk
    const wanted = this.#numberOf(goal)
    const waiting = [this.#numberOf(start)]
    const cameFrom = [end]
    this.#walks[waiting[0]!] = walk
    for (let at = 0; at < waiting.length && waiting.length < mostVisits; at++) {
      for (let call = this.#callsOf(waiting[at]!); this.#calls[call] !== end; call++) {
        const next = this.#calls[call]!
        if (next === wanted) return this.#wayTo(at, waiting, cameFrom)
        if (this.#walks[next] === walk) continue
        this.#walks[next] = walk
        waiting.push(next)
        cameFrom.push(at)
      }
    }
    return undefined
  }

  #numberOf(record: FileRecord): number {
    const known = this.#numbers.get(record)
    if (known !== undefined) return known
    const number = this.#records.push(record) - 1
    this.#numbers.set(record, number)
    this.#begins.push(end)
    this.#walks.push(0)
    return number
  }

  #callsOf(number: number): number {
    const known = this.#begins[number]!
    if (known !== end) return known
    const begin = this.#calls.length
    this.#begins[number] = begin
    this.#addCallsOf(this.#records[number]!)
    this.#calls.push(end)
    return begin
  }

  /** The skills that a file names and means, first those that it names by their namespace. */
  #addCallsOf({ names, path }: FileRecord): void {
    for (const { form, name } of names) if (form === 'namespaced') this.#add(this.#catalogue.skills(name)[0])
    for (const each of names) {
      const isSkill = each.called && each.of === 'skill' && (each.form === 'slash' || each.form === 'dollar')
      if (isSkill && each.namespace === '') this.#add(resolve(this.#catalogue, each, path, this.#home)[0])
    }
  }

  #add(record: FileRecord | undefined): void {
    if (record) this.#calls.push(this.#numberOf(record))
  }

  #wayTo(last: number, waiting: readonly number[], cameFrom: readonly number[]): Path[] {
    const way: Path[] = []
    for (let at = last; at !== end; at = cameFrom[at]!) way.unshift(this.#records[waiting[at]!]!.path)
    return way
  }
}
