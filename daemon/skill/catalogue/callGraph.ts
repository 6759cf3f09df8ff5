import type { Path } from '../document/location.ts'
import type { Catalogue, FileRecord } from './catalogue.ts'
import { resolve } from './resolve.ts'

/** A longer way nobody follows. */
const mostVisits = 40

/** A file and what it calls, which is known once it was asked for; and the walk that came here last, from where. */
interface Caller {
  readonly record: FileRecord
  calls: readonly Caller[] | undefined
  walk: number
  from: Caller | undefined
}

/** Which files call which skills, as long as the catalogue stays as it is. Only what is asked for is looked up, and once. */
export class CallGraph {
  readonly #catalogue: Catalogue
  readonly #home: Path | undefined
  readonly #callers = new Map<FileRecord, Caller>()
  #walks = 0

  constructor(catalogue: Catalogue, home: Path | undefined) {
    this.#catalogue = catalogue
    this.#home = home
  }

  /** The files through which `start` leads to `end`, in order; undefined where none does, or only by a long way. */
  way(start: FileRecord, end: FileRecord): Path[] | undefined {
    const walk = ++this.#walks
    const goal = this.#callerOf(end)
    const waiting = [reached(this.#callerOf(start), walk, undefined)]
    for (let at = 0; at < waiting.length && waiting.length < mostVisits; at++) {
      const caller = waiting[at]!
      caller.calls ??= this.#callsOf(caller.record)
      for (const next of caller.calls) {
        if (next === goal) return wayTo(caller)
        if (next.walk !== walk) waiting.push(reached(next, walk, caller))
      }
    }
    return undefined
  }

  #callerOf(record: FileRecord): Caller {
    const known = this.#callers.get(record)
    if (known) return known
    const caller = { record, calls: undefined, walk: 0, from: undefined }
    this.#callers.set(record, caller)
    return caller
  }

  /** The skills that a file names and means, first those that it names by their namespace. */
  #callsOf({ names, path }: FileRecord): Caller[] {
    const found: Caller[] = []
    const add = (record: FileRecord | undefined) => void (record && found.push(this.#callerOf(record)))
    for (const { form, name } of names) if (form === 'namespaced') add(this.#catalogue.skills(name)[0])
    for (const each of names) {
      const isSkill = each.called && each.of === 'skill' && (each.form === 'slash' || each.form === 'dollar')
      if (isSkill && each.namespace === '') add(resolve(this.#catalogue, each, path, this.#home)[0])
    }
    return found
  }
}

function reached(caller: Caller, walk: number, from: Caller | undefined): Caller {
  caller.walk = walk
  caller.from = from
  return caller
}

function wayTo(last: Caller): Path[] {
  const way: Path[] = []
  for (let at: Caller | undefined = last; at; at = at.from) way.unshift(at.record.path)
  return way
}
