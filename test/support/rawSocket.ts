import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Endpoint } from '#protocol/daemon.ts'
import { FrameReader } from '#protocol/frameReader.ts'

/** A client without manners: bytes in, messages out. */
export interface RawSocket {
  readonly socket: Socket
  send(bytes: string | Uint8Array): void
  sendMessage(message: object): void
  /** The next message; undefined when the connection ended first. */
  next(): Promise<
    { id?: unknown; result?: unknown; error?: { code: number; message: string; data?: { type: string } } } | undefined
  >
}

export function endpointOf(dataFolder: string): Endpoint {
  return JSON.parse(readFileSync(join(dataFolder, 'endpoint.json'), 'utf8'))
}

export async function rawSocket(dataFolder: string): Promise<RawSocket> {
  const socket = createConnection(endpointOf(dataFolder).socket)
  await once(socket, 'connect')
  const messages: object[] = []
  const waiting: ((message: object | undefined) => void)[] = []
  let ended = false
  new FrameReader(socket).listen((message) => {
    const taker = waiting.shift()
    if (taker) taker(message)
    else messages.push(message)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = true
    for (const taker of waiting.splice(0)) taker(undefined)
  })
  const send = (bytes: string | Uint8Array) => void socket.write(bytes)
  return {
    socket,
    send,
    sendMessage(message) {
      const body = JSON.stringify({ jsonrpc: '2.0', ...message })
      send(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    },
    next: () =>
      new Promise((resolve) => {
        const message = messages.shift()
        if (message || ended) resolve(message)
        else waiting.push(resolve as (message: object | undefined) => void)
      }),
  }
}
