import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { ConnectionDecision, NetworkRule } from '#protocol/network.ts'
import { type Egress, type EgressOptions, egress } from '../../daemon/egress/egress.ts'
import type { Outgoing } from '../../daemon/sandbox/sandbox.ts'

export type Told = ConnectionDecision & { tag: string | undefined }

/** A way out with real sockets into it, as a sandbox would hand them over. */
export interface Inside extends AsyncDisposable {
  readonly egress: Egress
  readonly told: Told[]
  /** A connection to the proxy, or one that was captured. */
  connect(outgoing?: Outgoing): Promise<Socket>
  /** For programs that take a proxy's address. */
  readonly proxyPort: number
}

export const allow = (host: string, ...ports: number[]): NetworkRule => ({
  verdict: 'allow',
  host,
  ...(ports.length > 0 && { ports }),
})
export const deny = (host: string, ...ports: number[]): NetworkRule => ({ ...allow(host, ...ports), verdict: 'deny' })

export async function inside(options: Partial<EgressOptions> & { rules?: NetworkRule[] } = {}): Promise<Inside> {
  const { rules = [], ...rest } = options
  const told: Told[] = []
  const way = egress({
    policy: () => ({ undecided: 'deny', rules }),
    ask: () => Promise.reject(new Error('nobody to ask')),
    onDecided: (decision) => told.push(decision),
    sourceOf: () => undefined,
    secrets: () => [],
    resolve: async () => ['127.0.0.1'],
    ...rest,
  })
  const next: Outgoing[] = []
  const door = await listening(
    createServer({ allowHalfOpen: true }, (socket) => way.connection(next.shift() ?? { type: 'proxy' }, socket)),
  )
  return {
    egress: way,
    told,
    proxyPort: portOf(door),
    async connect(outgoing = { type: 'proxy' }) {
      next.push(outgoing)
      const socket = connect({ host: '127.0.0.1', port: portOf(door), allowHalfOpen: true })
      socket.on('error', () => {})
      await once(socket, 'connect')
      return socket
    },
    async [Symbol.asyncDispose]() {
      way.close()
      door.close()
      await once(door, 'close')
    },
  }
}

export async function listening<S extends Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** All that comes until the other side ends. */
export async function restOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk)).resume()
  if (!socket.closed && !socket.readableEnded) await Promise.race([once(socket, 'end'), once(socket, 'close')])
  return Buffer.concat(chunks).toString('latin1')
}

/** What comes up to and with `end`; fails when it ends before that. */
export function until(socket: Socket, end: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const more = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const at = text.indexOf(end)
      if (at === -1) return
      socket.off('data', more).pause()
      const after = text.slice(at + end.length)
      if (after) socket.unshift(Buffer.from(after, 'latin1'))
      resolve(text.slice(0, at + end.length))
    }
    socket
      .on('data', more)
      .resume()
      .once('close', () => reject(new Error(`it ended after ${JSON.stringify(text)}`)))
  })
}

/** A server that sends back what it gets, and counts who comes. */
export async function echo(): Promise<AsyncDisposable & { port: number; count: () => number }> {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = await listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      connections += 1
      sockets.add(socket)
      socket.on('error', () => {}).pipe(socket)
    }),
  )
  return {
    port: portOf(server),
    count: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
