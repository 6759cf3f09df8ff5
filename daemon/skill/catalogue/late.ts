import type { FileRecord } from './catalogue.ts'

interface Table {
  add(record: FileRecord): void
  remove(record: FileRecord): void
}

/** A table of records that is filled when it is first asked for, and kept up from then on. */
export class Late<T extends Table> {
  readonly #make: () => T
  readonly #records: () => Iterable<FileRecord>
  #made: T | undefined

  constructor(make: () => T, records: () => Iterable<FileRecord>) {
    this.#make = make
    this.#records = records
  }

  get isMade(): boolean {
    return this.#made !== undefined
  }

  get table(): T {
    if (!this.#made) {
      this.#made = this.#make()
      for (const record of this.#records()) this.#made.add(record)
    }
    return this.#made
  }

  /** It is made anew for the next who asks. */
  forget(): void {
    this.#made = undefined
  }

  add(record: FileRecord): void {
    this.#made?.add(record)
  }

  remove(record: FileRecord): void {
    this.#made?.remove(record)
  }
}
