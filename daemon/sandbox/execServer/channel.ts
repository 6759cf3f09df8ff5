import { Duplex } from 'node:stream'
import { channelWindow, type Field, FieldReader } from './wire.ts'

const pieceBytes = 64 << 10

/** Says something on the stream that the channel is on. */
type Say = (letter: string, fields: readonly Field[]) => void

/**
 * One channel of an exec server, as a stream that may end one way before the other. What is not read is not asked for: no
 * more than `channelWindow` bytes of it are in the daemon. Ending or destroying it tells the other side; what is written
 * after that one is gone is dropped. An error, such as a reset connection, may go unheard.
 */
export class Channel extends Duplex {
  readonly #say: Say
  readonly #onOver: () => void
  /** What this side may send, and what the other one may. */
  #credit = channelWindow
  #granted = channelWindow
  #unsent: { bytes: Buffer; done: () => void } | undefined
  #saidEnd = false
  #heardEnd = false
  #saidGone = false

  /** `onOver`: both sides have said that it is gone; its number is free. */
  constructor(say: Say, onOver: () => void) {
    super({ allowHalfOpen: true, readableHighWaterMark: pieceBytes, writableHighWaterMark: pieceBytes })
    this.#say = say
    this.#onOver = onOver
    this.on('error', () => {})
  }

  /** A frame of this channel. Throws where it breaks the rules. */
  hear(letter: string, body: Buffer): void {
    const rules: Readonly<Record<string, () => void>> = {
      c: () => this.#takeBytes(body),
      g: () => this.#takeCredit(new FieldReader(body).u32()),
      z: () => this.#takeEnd(),
      Z: () => this.#takeGone(),
    }
    rules[letter]!()
  }

  override _read(): void {
    // Who reads is handed what is here only after this call.
    queueMicrotask(() => this.#giveRoom())
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#unsent = { bytes, done }
    this.#send()
  }

  override _final(done: () => void): void {
    this.#saidEnd = true
    if (!this.#saidGone) this.#say('z', [])
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const unsent = this.#unsent
    this.#unsent = undefined
    unsent?.done()
    // Where both have ended, the other side says when it has done with what it was sent.
    if (!(this.#saidEnd && this.#heardEnd)) this.#sayGone()
    done(error)
  }

  #giveRoom(): void {
    const room = channelWindow - this.#granted - this.readableLength
    if (room < channelWindow / 2 || this.#heardEnd || this.#saidGone) return
    this.#granted += room
    this.#say('g', [{ u32: room }])
  }

  #takeBytes(bytes: Buffer): void {
    this.#granted -= bytes.byteLength
    if (this.#granted < 0 || this.#heardEnd) throw new Error('it sent more than there was room for')
    if (!this.destroyed) this.push(bytes)
  }

  #takeCredit(more: number): void {
    this.#credit += more
    if (this.#credit > channelWindow) throw new Error('it gave more room than there is')
    this.#send()
  }

  #takeEnd(): void {
    if (this.#heardEnd) throw new Error('it ended a channel twice')
    this.#heardEnd = true
    if (!this.destroyed) this.push(null)
  }

  #takeGone(): void {
    this.#sayGone()
    this.#onOver()
    this.#send()
    if (!this.#heardEnd) this.destroy(new Error('The other side is gone.'))
  }

  #sayGone(): void {
    if (this.#saidGone) return
    this.#saidGone = true
    this.#say('Z', [])
  }

  #send(): void {
    const unsent = this.#unsent
    if (!unsent) return
    while (unsent.bytes.byteLength > 0 && !this.#saidGone) {
      const size = Math.min(unsent.bytes.byteLength, this.#credit, pieceBytes)
      if (size === 0) return
      this.#say('c', [{ rest: unsent.bytes.subarray(0, size) }])
      this.#credit -= size
      unsent.bytes = unsent.bytes.subarray(size)
    }
    this.#unsent = undefined
    unsent.done()
  }
}
