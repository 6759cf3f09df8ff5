import { closeSync, openSync, readSync } from 'node:fs'

const bytes = Buffer.alloc(1024)

/** A number in one of a control group's files, which is kept open: it is read twice for every command. */
export class EventCounter {
  readonly #field: RegExp
  #descriptor: number | undefined

  /** `field` is the word before the number. A file that is not there counts nothing. */
  constructor(path: string, field: string) {
    this.#field = new RegExp(`^${field} (\\d+)$`, 'm')
    try {
      this.#descriptor = openSync(path, 'r')
    } catch {
      // A kernel that does not count this.
    }
  }

  /** 0 once the group is gone. */
  read(): number {
    if (this.#descriptor === undefined) return 0
    try {
      const length = readSync(this.#descriptor, bytes, 0, bytes.byteLength, 0)
      return Number(this.#field.exec(bytes.toString('latin1', 0, length))?.[1] ?? 0)
    } catch {
      return 0
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
