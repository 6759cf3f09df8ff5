import { readFile, stat } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import type { Message, ResponseMessage } from 'vscode-jsonrpc'
import { StreamMessageWriter } from 'vscode-jsonrpc/node'
import type { Endpoint } from '#protocol/daemon.ts'
import type { ProtocolErrorData } from '#protocol/errors.ts'
import { FrameReader } from '#protocol/frameReader.ts'
import type { ParamsOf, ResultOf } from '#protocol/methods.ts'
import { DaemonError, NoDaemon } from './daemonError.ts'
import { endpointFile } from './dataFolder.ts'

/** A greeted stream to the daemon, ready for whoever speaks next on it. */
export interface Channel {
  readonly socket: Socket
  readonly reader: FrameReader
  readonly writer: StreamMessageWriter
  readonly hello: ResultOf<'daemon/hello'>
}

const protocolSpoken = { min: 1, max: 1 }
const helloTimeoutMs = 10_000

/** Connects to the daemon that the endpoint file names and greets it. Rejects with `NoDaemon` or `DaemonError`. */
export async function openChannel(
  folder: string,
  greeting: Pick<ParamsOf<'daemon/hello'>, 'client' | 'build' | 'channel' | 'role'>,
): Promise<Channel> {
  const endpoint = await readEndpoint(folder)
  const socket = await dial(endpoint.socket)
  const reader = new FrameReader(socket)
  const writer = new StreamMessageWriter(socket)
  try {
    const token = greeting.role === 'view' ? (endpoint.viewToken ?? endpoint.token) : endpoint.token
    const params = { ...greeting, token, protocol: protocolSpoken }
    const hello = await ask<ResultOf<'daemon/hello'>>(socket, reader, writer, 'daemon/hello', params)
    return { socket, reader, writer, hello }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function readEndpoint(folder: string): Promise<Endpoint> {
  const file = endpointFile(folder)
  try {
    if (process.platform !== 'win32') {
      const { mode, uid } = await stat(file)
      if (mode & 0o077 || (process.getuid && uid !== process.getuid())) {
        throw new NoDaemon(`${file} is readable by others; remove it and try again.`)
      }
    }
    const endpoint = JSON.parse(await readFile(file, 'utf8')) as Endpoint
    if (typeof endpoint.socket !== 'string' || typeof endpoint.token !== 'string') throw new NoDaemon('It is damaged.')
    return endpoint
  } catch (error) {
    if (error instanceof NoDaemon) throw error
    throw new NoDaemon(`No daemon is announced in ${file}.`)
  }
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error) => reject(new NoDaemon(`Nothing answers at ${path} (${error.message}).`)))
  })
}

function ask<R>(
  socket: Socket,
  reader: FrameReader,
  writer: StreamMessageWriter,
  method: string,
  params: unknown,
): Promise<R> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoDaemon('The daemon did not answer the greeting.')), helloTimeoutMs)
    const listening = reader.listen((message) => {
      clearTimeout(timer)
      listening.dispose()
      const { result, error } = message as ResponseMessage
      if (error) reject(new DaemonError(error.message, error.data as ProtocolErrorData | undefined))
      else resolve(result as R)
    })
    socket.once('close', () => {
      clearTimeout(timer)
      reject(new NoDaemon('The daemon closed the connection at the greeting.'))
    })
    socket.on('error', () => socket.destroy())
    void writer.write({ jsonrpc: '2.0', id: 0, method, params } as Message).catch(reject)
  })
}
