import { wholeCharacters } from './text.ts'

/** Lines `first` to `last` (from 1, inclusive) of a file that comes in pieces, at most `maxBytes` of them. */
export class LineWindow {
  readonly #first: number
  readonly #last: number
  readonly #maxBytes: number
  readonly #kept: Uint8Array[] = []
  #keptBytes = 0
  #line = 1
  #inLine = false
  #lastKept = 0
  #cut = false

  constructor(first: number, last: number, maxBytes: number) {
    this.#first = first
    this.#last = last
    this.#maxBytes = maxBytes
  }

  /** Takes the next piece; false where nothing that follows it could be wanted, though something follows. */
  take(bytes: Uint8Array): boolean {
    let from = 0
    while (from < bytes.length) {
      if (this.#line > this.#last || this.#cut) return false
      const feed = bytes.indexOf(10, from)
      const to = feed < 0 ? bytes.length : feed + 1
      if (this.#line >= this.#first) this.#keep(bytes.subarray(from, to))
      this.#inLine = feed < 0
      if (feed >= 0) this.#line++
      from = to
    }
    return !this.#cut
  }

  #keep(bytes: Uint8Array): void {
    const room = this.#maxBytes - this.#keptBytes
    this.#cut = bytes.length > room
    const piece = this.#cut ? bytes.subarray(0, wholeCharacters(bytes.subarray(0, room))) : bytes
    this.#kept.push(piece)
    this.#keptBytes += piece.length
    this.#lastKept = this.#line
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#kept)
  }

  /** The number of the last line kept, 0 where none is. */
  get lastKept(): number {
    return this.#lastKept
  }

  /** How many lines went by. */
  get seen(): number {
    return this.#inLine ? this.#line : this.#line - 1
  }

  /** `maxBytes` ended it, inside line `lastKept`. */
  get cut(): boolean {
    return this.#cut
  }
}
