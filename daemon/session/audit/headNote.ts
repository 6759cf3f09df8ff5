import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import type { Head } from './chain.ts'

const size = 96

/**
 * The newest entry of the audit, noted outside of the database: a file of the user's alone (0600) and of always the same
 * size, overwritten in place. It is behind where the last note could not be written, never ahead of what is on the disk.
 */
export class HeadNote {
  readonly #file: string
  #descriptor: number | undefined

  constructor(file: string) {
    this.#file = file
  }

  /** Undefined where there is none, or none that can be read. */
  read(): Head | undefined {
    try {
      const descriptor = this.#open()
      const text = Buffer.alloc(size)
      readSync(descriptor, text, 0, size, 0)
      const match = /^([1-9]\d{0,14}) ([0-9a-f]{64}) *\n/.exec(text.toString('latin1'))
      return match ? { seq: Number(match[1]), hash: match[2] as string } : undefined
    } catch {
      return undefined
    }
  }

  /** Trouble with it is no reason to lose what it is about. */
  write({ seq, hash }: Head): void {
    try {
      writeSync(this.#open(), `${`${seq} ${hash}`.padEnd(size - 1)}\n`, 0, 'latin1')
    } catch {
      this.close()
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #open(): number {
    this.#descriptor ??= openSync(this.#file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
    return this.#descriptor
  }
}
