import type { FileRecord } from './catalogue.ts'
import { insertInto, removeFrom } from './sortedRecords.ts'

const none: readonly FileRecord[] = []

/** Records by keys that each of them has, each list in the order of paths. */
export class RecordsBy {
  readonly #keysOf: (record: FileRecord) => Iterable<string>
  readonly #lists = new Map<string, FileRecord[]>()

  /** `keysOf` gives the same keys for the same record, each once. */
  constructor(keysOf: (record: FileRecord) => Iterable<string>) {
    this.#keysOf = keysOf
  }

  get(key: string): readonly FileRecord[] {
    return this.#lists.get(key) ?? none
  }

  keys(): string[] {
    return [...this.#lists.keys()].sort()
  }

  add(record: FileRecord): void {
    for (const key of this.#keysOf(record)) {
      const list = this.#lists.get(key)
      if (list) insertInto(list, record)
      else this.#lists.set(key, [record])
    }
  }

  remove(record: FileRecord): void {
    for (const key of this.#keysOf(record)) {
      const list = this.#lists.get(key)
      if (!list) continue
      removeFrom(list, record.path)
      if (list.length === 0) this.#lists.delete(key)
    }
  }
}
