import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { allow, type Inside, inside, listening, portOf, until } from '../../test/egress/inside.ts'
import { type Figure, median, percentile, sampled, time } from './figure.ts'

const megabytes = 64
const host = 'bench.test'

/** What the way out of a sandbox costs, beside the same connection without it; servers and clients are in this process. */
export async function egressFigures(): Promise<Figure[]> {
  const sockets = new Set<Socket>()
  const server = await listening(createServer(serve))
  const port = portOf(server)
  const way = await inside({ rules: [allow(host, port), allow('127.0.0.1', port)], kindOf: () => 'any' })
  const direct = () => connected(port)
  const tunnel = () => tunnelled(way, port)
  const captured = () => way.connect({ type: 'captured', host, port, tag: undefined })
  const socks = () => throughSocks(way, port)
  try {
    const ways = [
      ['CONNECT', tunnel],
      ['SOCKS5', socks],
      ['captured', captured],
    ] as const
    const limit = { name: 'direct', value: median(await time(300, () => roundTrip(direct), 30)) }
    const bulk = { name: 'direct', value: rate(await time(3, () => download(direct), 1)) }
    const figures: Figure[] = []
    for (const [name, open] of ways) {
      const trips = await time(300, () => roundTrip(open), 30)
      figures.push(sampled(`${name}: connect and first answer`, trips, { p99: percentile(trips, 99), limit }))
      figures.push({
        name: `${name}: added to it`,
        value: median(trips) - limit.value,
        unit: 'ms',
      })
    }
    const later = async (open: () => Promise<Socket>) => {
      const socket = await open()
      const samples = await time(1_000, () => echoed(socket), 100)
      socket.destroy()
      return samples
    }
    const bare = { name: 'direct', value: median(await later(direct)) }
    figures.push(sampled('CONNECT: round trip on an open connection', await later(tunnel), { limit: bare }))
    for (const [name, open] of ways) {
      const value = rate(await time(3, () => download(open), 1))
      figures.push({ name: `${name}: throughput`, value, unit: 'MB/s', limit: bulk })
    }
    return figures
  } finally {
    await way[Symbol.asyncDispose]()
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }

  /** Sends a byte back; `G` is answered with many. */
  function serve(socket: Socket): void {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      if (bytes[0] === 0x47) Readable.from(chunks()).pipe(socket)
      else socket.write(bytes)
    })
  }
}

const chunk = Buffer.alloc(1 << 16, 0x78)

function* chunks(): Generator<Buffer> {
  for (let sent = 0; sent < megabytes << 20; sent += chunk.length) yield chunk
}

function rate(samples: readonly number[]): number {
  return (megabytes / median(samples)) * 1_000
}

async function download(open: () => Promise<Socket>): Promise<void> {
  const socket = await open()
  socket.write('G')
  let size = 0
  socket.on('data', (bytes) => {
    size += bytes.length
  })
  // Whoever read the proxy's answer left it paused.
  await once(socket.resume(), 'end')
  socket.end()
  if (size !== megabytes << 20) throw new Error(`${size} bytes came`)
}

async function roundTrip(open: () => Promise<Socket>): Promise<void> {
  const socket = await open()
  await echoed(socket)
  socket.destroy()
}

async function echoed(socket: Socket): Promise<void> {
  socket.write('x')
  await once(socket.resume(), 'data')
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function tunnelled(way: Inside, port: number): Promise<Socket> {
  const socket = await way.connect()
  socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`)
  const head = await until(socket, '\r\n\r\n')
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(head)
  return socket
}

async function throughSocks(way: Inside, port: number): Promise<Socket> {
  const socket = await way.connect()
  socket.write(Uint8Array.of(5, 1, 0))
  await until(socket, '\x05\x00')
  socket.write(Buffer.concat([Uint8Array.of(5, 1, 0, 3, host.length), Buffer.from(host), uint16(port)]))
  await until(socket, `\x05\x00\x00\x01${'\x00'.repeat(6)}`)
  return socket
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
