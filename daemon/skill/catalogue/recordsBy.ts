import type { FileRecord } from './catalogue.ts'
import { insertInto, removeFrom } from './sortedRecords.ts'

const none: readonly FileRecord[] = []

/** Records by keys that each of them has, each list in the order of paths. */
export class RecordsBy {
  readonly #keysOf: (record: FileRecord) => readonly string[]
  /** One record or several, because most stand alone. */
  readonly #found = new Map<string, FileRecord | FileRecord[]>()

  /** `keysOf` gives the same keys for the same record, each once. */
  constructor(keysOf: (record: FileRecord) => readonly string[]) {
    this.#keysOf = keysOf
  }

  get(key: string): readonly FileRecord[] {
    const found = this.#found.get(key)
    if (found === undefined) return none
    return Array.isArray(found) ? found : [found]
  }

  keys(): string[] {
    return [...this.#found.keys()].sort()
  }

  add(record: FileRecord): void {
    for (const key of this.#keysOf(record)) {
      const found = this.#found.get(key)
      if (found === undefined) this.#found.set(key, record)
      else if (Array.isArray(found)) insertInto(found, record)
      else this.#found.set(key, found.path < record.path ? [found, record] : [record, found])
    }
  }

  remove(record: FileRecord): void {
    for (const key of this.#keysOf(record)) {
      const found = this.#found.get(key)
      if (Array.isArray(found)) removeFrom(found, record.path)
      if (found && (!Array.isArray(found) || found.length === 0)) this.#found.delete(key)
    }
  }
}
