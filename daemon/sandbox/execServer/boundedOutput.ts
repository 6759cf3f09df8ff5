import type { Output } from '../sandbox.ts'
import type { FieldReader } from './wire.ts'

/** One stream of a command: the head as it came, then what the exec server kept of the rest. */
export class BoundedOutput {
  readonly #limit: number
  readonly #head: Buffer[] = []
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(bytes: Buffer): void {
    this.#head.push(bytes)
    this.#length += bytes.byteLength
  }

  /** Takes the stream's two fields of a command's end: how much was left out, and the tail. Throws where that is too much. */
  finish(fields: FieldReader): Output {
    const omitted = fields.u64()
    // Copies: the frames that these lie in are larger than they are.
    const tail = Buffer.from(fields.bytes())
    if (this.#length + tail.byteLength > this.#limit) throw new Error('it kept more output than was asked for')
    if (omitted > 0) return { head: Buffer.concat(this.#head), tail, omitted }
    return { head: Buffer.concat([...this.#head, tail]), tail: Buffer.alloc(0), omitted: 0 }
  }
}

/** Of a command that never started. */
export const noOutput: Output = { head: new Uint8Array(0), tail: new Uint8Array(0), omitted: 0 }
