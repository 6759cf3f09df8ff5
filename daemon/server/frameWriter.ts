import type { Socket } from 'node:net'
import { AbstractMessageWriter, type Message } from 'vscode-jsonrpc'

/** A client that lets this much pile up is hung up on; it gets a snapshot when it comes back. */
const hardLimit = 32 * 1024 * 1024

/**
 * Writes `Content-Length` frames straight to the socket, so that `socket.writableLength` is all that waits for this
 * client: nothing is held anywhere else.
 */
export class FrameWriter extends AbstractMessageWriter {
  readonly #socket: Socket

  constructor(socket: Socket) {
    super()
    this.#socket = socket
    socket.on('error', (error) => this.fireError(error))
    socket.on('close', () => this.fireClose())
  }

  write(message: Message): Promise<void> {
    const socket = this.#socket
    if (socket.destroyed || socket.writableEnded) return Promise.reject(new Error('The connection is closed.'))
    const body = Buffer.from(JSON.stringify(message))
    if (socket.writableLength + body.byteLength > hardLimit) {
      socket.destroy(new Error('The client does not read.'))
      return Promise.reject(new Error('The client does not read.'))
    }
    socket.write(`Content-Length: ${body.byteLength}\r\n\r\n`, 'latin1')
    socket.write(body)
    return Promise.resolve()
  }

  end(): void {
    this.#socket.end()
  }
}
