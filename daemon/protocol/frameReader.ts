import { AbstractMessageReader, type DataCallback, type Disposable } from 'vscode-jsonrpc'

/** What a reader needs of a socket. */
export interface ByteSource {
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'close', listener: () => void): unknown
}

/** A frame that this reader refuses; the stream cannot be trusted after it. */
export class FrameFault extends Error {
  readonly fault: 'headerTooLarge' | 'badHeader' | 'frameTooLarge' | 'badJson'

  constructor(fault: FrameFault['fault'], message: string) {
    super(message)
    this.name = 'FrameFault'
    this.fault = fault
  }
}

/** A frame's body may have this many bytes; a longer one ends the connection. Here, where no client pays for the schemas. */
export const maxFrameBytes = 16 * 1024 * 1024

const maxHeaderBytes = 4096

/**
 * Reads `Content-Length` frames (the base protocol of LSP) with hard bounds: it holds at most one frame and never
 * believes a length before checking it. After the first fault it reads no further and reports it once through `onError`.
 * `listen` may be called again to hand the rest of the stream to another listener.
 */
export class FrameReader extends AbstractMessageReader {
  #callback: DataCallback | undefined
  #chunks: Uint8Array[] = []
  #held = 0
  #bodyLength = -1
  #faulted = false
  readonly #maxBytes: number

  constructor(source: ByteSource, maxBytes = maxFrameBytes) {
    super()
    this.#maxBytes = maxBytes
    source.on('data', (chunk) => this.#take(chunk))
    source.on('error', (error) => this.fireError(error))
    source.on('close', () => this.fireClose())
  }

  listen(callback: DataCallback): Disposable {
    this.#callback = callback
    this.#drain()
    return {
      dispose: () => {
        if (this.#callback === callback) this.#callback = undefined
      },
    }
  }

  #take(chunk: Uint8Array): void {
    if (this.#faulted) return
    this.#chunks.push(chunk)
    this.#held += chunk.byteLength
    this.#drain()
  }

  #drain(): void {
    try {
      while (this.#callback && !this.#faulted && this.#step()) {}
    } catch (error) {
      this.#faulted = true
      this.#chunks = []
      this.#held = 0
      this.fireError(error)
    }
  }

  /** Takes one header or one body; false where more bytes are needed. */
  #step(): boolean {
    if (this.#bodyLength < 0) return this.#readHeader()
    if (this.#held < this.#bodyLength) return false
    const body = this.#join()
    const text = new TextDecoder().decode(body.subarray(0, this.#bodyLength))
    this.#rest(body.subarray(this.#bodyLength))
    this.#bodyLength = -1
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      throw new FrameFault('badJson', 'The body of a frame is not JSON.')
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message)) {
      throw new FrameFault('badJson', 'A frame must hold one JSON-RPC message.')
    }
    this.#callback?.(message as Parameters<DataCallback>[0])
    return true
  }

  #readHeader(): boolean {
    if (this.#held === 0) return false
    const bytes = this.#join()
    const end = headerEnd(bytes)
    if (end < 0) {
      if (bytes.byteLength > maxHeaderBytes) throw new FrameFault('headerTooLarge', 'A frame header does not end.')
      return false
    }
    const header = new TextDecoder('latin1').decode(bytes.subarray(0, end))
    const match = /^content-length:[ \t]*(\d{1,15})[ \t]*$/im.exec(header.replaceAll('\r', ''))
    if (!match) throw new FrameFault('badHeader', 'A frame must begin with a Content-Length header.')
    const length = Number(match[1])
    if (length > this.#maxBytes) {
      throw new FrameFault('frameTooLarge', `A frame of ${length} bytes is over the limit of ${this.#maxBytes}.`)
    }
    this.#bodyLength = length
    this.#rest(bytes.subarray(end + 4))
    return true
  }

  #join(): Uint8Array {
    const [first] = this.#chunks
    if (this.#chunks.length === 1 && first) return first
    const whole = new Uint8Array(this.#held)
    let at = 0
    for (const chunk of this.#chunks) {
      whole.set(chunk, at)
      at += chunk.byteLength
    }
    this.#chunks = [whole]
    return whole
  }

  #rest(bytes: Uint8Array): void {
    this.#chunks = bytes.byteLength > 0 ? [bytes] : []
    this.#held = bytes.byteLength
  }
}

function headerEnd(bytes: Uint8Array): number {
  const limit = Math.min(bytes.byteLength, maxHeaderBytes + 4)
  for (let i = 0; i + 3 < limit; i++) {
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i
  }
  return -1
}
