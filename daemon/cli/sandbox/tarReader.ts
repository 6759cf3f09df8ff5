/** One member of an archive. Names are bytes, one character for each (latin1). */
export interface TarEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'symlink' | 'other'
  readonly mode: number
  readonly size: number
  /** Where `kind` is `symlink`. */
  readonly target: string
  /** The content, to be read to its end before the next entry is asked for; what is left of it is skipped. */
  content(): AsyncIterable<Buffer>
}

const block = 512
const longestName = 64 << 10

/**
 * Reads an archive (ustar, with the long names of GNU and of pax) that anybody may have made: nothing of it is trusted, and
 * no more of it is held than a name. Throws where it is none.
 */
export async function* readTar(stream: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new Bytes(stream)
  /** What an entry says of the one after it. */
  let next: Partial<Record<'path' | 'linkpath' | 'size', string>> = {}
  for (;;) {
    const head = await bytes.take(block)
    if (!head) throw new Error('The archive ends in the middle.')
    if (head.every((byte) => byte === 0)) return bytes.drain()
    if (readNumber(head, 148, 8) !== checksum(head)) throw new Error('The archive is damaged.')
    const type = String.fromCharCode(head[156] ?? 0)
    const size = next.size === undefined ? readNumber(head, 124, 12) : Number(next.size)
    if (!Number.isSafeInteger(size) || size < 0) throw new Error('The archive has an entry of no size.')
    const padding = (block - (size % block)) % block
    if (type === 'L' || type === 'K' || type === 'x' || type === 'g') {
      if (size > longestName) throw new Error('The archive has a name that is too long.')
      const words = (await bytes.take(size + padding))?.toString('latin1', 0, size)
      if (words === undefined) throw new Error('The archive ends in the middle.')
      if (type === 'L') next.path = upToNul(words)
      else if (type === 'K') next.linkpath = upToNul(words)
      else if (type === 'x') next = { ...next, ...readPax(words) }
      continue
    }
    let left = size
    const rest = async function* () {
      while (left > 0) {
        const piece = await bytes.some(left)
        if (!piece) throw new Error('The archive ends in the middle.')
        left -= piece.byteLength
        yield piece
      }
    }
    yield {
      name: next.path ?? nameIn(head),
      kind: kindOf(type),
      mode: readNumber(head, 100, 8) & 0o777,
      size,
      target: next.linkpath ?? textAt(head, 157, 100),
      content: rest,
    }
    for await (const _ of rest()) {
      // Nobody wanted it.
    }
    if (padding > 0 && !(await bytes.take(padding))) throw new Error('The archive ends in the middle.')
    next = {}
  }
}

function kindOf(type: string): TarEntry['kind'] {
  if (type === '0' || type === '\0' || type === '7') return 'file'
  if (type === '5') return 'folder'
  return type === '2' ? 'symlink' : 'other'
}

/** GNU's archives have other things where the prefix is. */
function nameIn(head: Buffer): string {
  const name = textAt(head, 0, 100)
  const prefix = head.toString('latin1', 257, 263) === 'ustar\0' ? textAt(head, 345, 155) : ''
  return prefix ? `${prefix}/${name}` : name
}

function textAt(head: Buffer, at: number, length: number): string {
  return upToNul(head.toString('latin1', at, at + length))
}

function upToNul(text: string): string {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}

/** Octal digits, or where the first bit is set, a number in base 256. */
function readNumber(head: Buffer, at: number, length: number): number {
  if (((head[at] ?? 0) & 0x80) === 0) return Number.parseInt(textAt(head, at, length).trim() || '0', 8)
  let number = (head[at] ?? 0) & 0x7f
  for (const byte of head.subarray(at + 1, at + length)) number = number * 256 + byte
  return number
}

function checksum(head: Buffer): number {
  let sum = 0
  for (const [at, byte] of head.entries()) sum += at >= 148 && at < 156 ? 32 : byte
  return sum
}

/** Lines of `LENGTH KEY=VALUE`, where the length counts itself. */
function readPax(words: string): Partial<Record<'path' | 'linkpath' | 'size', string>> {
  const found: Record<string, string> = {}
  for (let at = 0; at < words.length; ) {
    const length = Number.parseInt(words.slice(at, at + 20), 10)
    const line = words.slice(at, at + length - 1)
    const [, key, value] = /^\d+ ([^=]+)=(.*)$/s.exec(line) ?? []
    if (!(length > 0) || key === undefined || value === undefined) throw new Error('The archive is damaged.')
    if (key === 'path' || key === 'linkpath' || key === 'size') found[key] = value
    at += length
  }
  return found
}

/** A stream of pieces, read in sizes of one's own. */
class Bytes {
  readonly #pieces: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(stream: AsyncIterable<Buffer>) {
    this.#pieces = stream[Symbol.asyncIterator]()
  }

  /** Some bytes, at most so many; none at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#held.byteLength === 0) {
      const { value, done } = await this.#pieces.next()
      if (done) return undefined
      this.#held = value
    }
    const piece = this.#held.subarray(0, most)
    this.#held = this.#held.subarray(piece.byteLength)
    return piece
  }

  /** Exactly so many; none where it ends before. */
  async take(size: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = []
    for (let left = size; left > 0; ) {
      const piece = await this.some(left)
      if (!piece) return undefined
      pieces.push(piece)
      left -= piece.byteLength
    }
    return Buffer.concat(pieces)
  }

  async drain(): Promise<void> {
    while (await this.some(1 << 20));
  }
}
