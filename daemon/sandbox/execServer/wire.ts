/**
 * The frames between the daemon and an exec server (execServer.pl): the length of the rest (u32, big-endian), a letter,
 * the request's number (u32), a body. Requests: R run, I input, K stop, X kill all, f freeze, P start, y resize, k signal, W wait,
 * C connect, p ports, n open the network, r read, w and d write, u remove, l link, m mode, L list, S stat, A be another daemon's
 * from now on, which H answers. Answers: H hello; b o e data; and
 * exactly one of E end, D done, F fault. The server asks something with q, and a answers that number.
 *
 * Channels carry bytes both ways on the same stream, for programs that are talked to and for connections: c data,
 * g (u32) so many more bytes may come, z this direction has ended, Z it is gone, which each side says once. A channel's
 * number is that of the request that opened it (its standard error: plus 2^30), or for one that the server opens with N,
 * from 2^31 up. Each side may send `channelWindow` bytes before the first g.
 */
export interface Frame {
  readonly letter: string
  readonly id: number
  readonly body: Buffer
}

export const wireVersion = 2

/** What one side of a channel may send before the other said that there is room. */
export const channelWindow = 256 << 10

/** Larger content goes in several frames, either way. */
export const chunkBytes = 1 << 20

/** Above this the other side is not one of ours. */
const maxFrameBytes = 4 << 20

/** A field of a body: a number with its width in bytes, or bytes with or without their length in front. */
export type Field =
  | { u8: number }
  | { u16: number }
  | { u32: number }
  | { u64: number }
  | { text: string }
  | { rest: Uint8Array | string }

export function encodeFrame(letter: string, id: number, fields: readonly Field[]): Buffer {
  const parts = fields.flatMap(encodeField)
  const length = 5 + parts.reduce((sum, part) => sum + part.byteLength, 0)
  const head = Buffer.alloc(9)
  head.writeUInt32BE(length, 0)
  head.write(letter, 4, 'latin1')
  head.writeUInt32BE(id, 5)
  return Buffer.concat([head, ...parts])
}

function encodeField(field: Field): Uint8Array[] {
  if ('u8' in field) return [Buffer.from([field.u8])]
  if ('u16' in field) return [Buffer.from([field.u16 >> 8, field.u16 & 0xff])]
  if ('u32' in field) return [u32(field.u32)]
  if ('u64' in field) {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(BigInt(field.u64))
    return [bytes]
  }
  if ('rest' in field) return [typeof field.rest === 'string' ? Buffer.from(field.rest) : field.rest]
  const text = Buffer.from(field.text)
  return [u32(text.byteLength), text]
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Cuts what arrives into frames; holds at most one unfinished frame. Throws where a length cannot be. */
export class FrameCutter {
  #pending: Buffer[] = []
  #held = 0

  cut(bytes: Buffer): Frame[] {
    const frames: Frame[] = []
    this.#pending.push(bytes)
    this.#held += bytes.byteLength
    while (this.#held >= 4) {
      const first = this.#pending[0]!
      const length = (first.byteLength >= 4 ? first : this.#join()).readUInt32BE(0)
      if (length < 5 || length > maxFrameBytes) throw new Error('it sent a frame that cannot be')
      if (this.#held < 4 + length) break
      const all = this.#join()
      const rest = all.subarray(4 + length)
      this.#pending = rest.byteLength > 0 ? [rest] : []
      this.#held = rest.byteLength
      frames.push({
        letter: String.fromCharCode(all[4]!),
        id: all.readUInt32BE(5),
        body: all.subarray(9, 4 + length),
      })
    }
    return frames
  }

  #join(): Buffer {
    const all = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending)
    this.#pending = [all]
    return all
  }
}

/** Reads the fields of a body in order. Throws a RangeError where the body is too short for them. */
export class FieldReader {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  get done(): boolean {
    return this.#at >= this.#body.byteLength
  }

  u8(): number {
    this.#at += 1
    return this.#body.readUInt8(this.#at - 1)
  }

  u16(): number {
    this.#at += 2
    return this.#body.readUInt16BE(this.#at - 2)
  }

  u32(): number {
    this.#at += 4
    return this.#body.readUInt32BE(this.#at - 4)
  }

  u64(): number {
    this.#at += 8
    return Number(this.#body.readBigUInt64BE(this.#at - 8))
  }

  bytes(): Buffer {
    const length = this.u32()
    if (this.#at + length > this.#body.byteLength) throw new RangeError('a field reaches past its frame')
    this.#at += length
    return this.#body.subarray(this.#at - length, this.#at)
  }

  rest(): Buffer {
    const bytes = this.#body.subarray(this.#at)
    this.#at = this.#body.byteLength
    return bytes
  }
}

/** Text of a name or a link, with bytes that are not UTF-8 as `\xE9`; `exact` says that there were none. */
export function readableName(bytes: Buffer): { name: string; exact: boolean } {
  const name = bytes.toString()
  if (Buffer.from(name).equals(bytes)) return { name, exact: true }
  const escaped = bytes.toString('latin1').replace(/[\x80-\xff]/g, (char) => {
    return `\\x${char.charCodeAt(0).toString(16).toUpperCase()}`
  })
  return { name: escaped, exact: false }
}
