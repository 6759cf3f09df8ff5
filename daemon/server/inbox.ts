import type { Socket } from 'node:net'
import type { DataCallback, Disposable, Event, MessageReader, PartialMessageInfo } from 'vscode-jsonrpc'

/** Messages handed over and not yet answered before the daemon stops reading from a client. */
const maxWaiting = 32

/**
 * What a client asked and has no answer to, bounded: whoever asks faster than it is answered, or does not read its
 * answers, is not read from. Only requests and plain notifications pass; this side asks nothing, so no answer is due.
 */
export class Inbox implements MessageReader {
  readonly onError: Event<Error>
  readonly onClose: Event<void>
  readonly onPartialMessage: Event<PartialMessageInfo>
  readonly #socket: Socket
  readonly #reader: MessageReader
  readonly #isReady: () => boolean
  #waiting = 0

  /** `isReady`: the client reads what it is sent. */
  constructor(socket: Socket, reader: MessageReader, isReady: () => boolean) {
    this.onError = reader.onError
    this.onClose = reader.onClose
    this.onPartialMessage = reader.onPartialMessage
    this.#socket = socket
    this.#reader = reader
    this.#isReady = isReady
  }

  listen(callback: DataCallback): Disposable {
    return this.#reader.listen((message) => {
      const { method } = message as { method?: unknown }
      if (typeof method !== 'string' || method.startsWith('$/')) return
      this.#waiting += 1
      this.readOn()
      callback(message)
    })
  }

  handled(): void {
    this.#waiting -= 1
    // The answer is written after this.
    setImmediate(() => this.readOn())
  }

  readOn(): void {
    if (this.#waiting >= maxWaiting || !this.#isReady()) this.#socket.pause()
    else this.#socket.resume()
  }

  dispose(): void {
    this.#reader.dispose()
  }
}
