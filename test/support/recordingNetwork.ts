import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { NetworkPort, Outgoing } from '../../daemon/sandbox/sandbox.ts'

interface Connection {
  readonly outgoing: Outgoing
  /** The head of every HTTP request on it, CONNECT or not. */
  readonly heads: string[]
  /** What was said to SOCKS5: user name, then host:port. */
  readonly socks: string[]
}

/** A way out that records what wants out and leads nowhere: it answers HTTP and SOCKS5 itself, with `reached`. */
export class RecordingNetwork implements NetworkPort {
  readonly connections: Connection[] = []
  readonly asked: { name: string; tag: string | undefined }[] = []
  /** Which names get an address. */
  allows: (name: string) => boolean = () => true
  /** What becomes of a connection, for tests that want something else than HTTP. */
  serve: (stream: Duplex, connection: Connection) => unknown = answer

  connection(outgoing: Outgoing, stream: Duplex): void {
    const connection: Connection = { outgoing, heads: [], socks: [] }
    this.connections.push(connection)
    stream.on('error', () => {})
    void this.serve(stream, connection)
  }

  resolves(name: string, tag: string | undefined): boolean {
    this.asked.push({ name, tag })
    return this.allows(name)
  }

  forget(): void {
    this.connections.length = 0
    this.asked.length = 0
    this.allows = () => true
    this.serve = answer
  }
}

async function answer(stream: Duplex, { heads, socks }: Connection): Promise<void> {
  const first = await some(stream)
  if (!first) return void stream.end()
  stream.unshift(first)
  if (first[0] === 5) await answerSocks(stream, socks)
  for (;;) {
    const head = await headOf(stream)
    if (head === undefined) return void stream.end()
    heads.push(head)
    if (!head.startsWith('CONNECT ')) break
    stream.write('HTTP/1.1 200 OK\r\n\r\n')
  }
  stream.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nreached')
}

async function answerSocks(stream: Duplex, said: string[]): Promise<void> {
  const [, methods = 0] = await exactly(stream, 2)
  const withUser = (await exactly(stream, methods)).includes(2)
  stream.write(Uint8Array.of(5, withUser ? 2 : 0))
  if (withUser) {
    const [, length = 0] = await exactly(stream, 2)
    said.push(String(await exactly(stream, length)))
    const [rest = 0] = await exactly(stream, 1)
    await exactly(stream, rest)
    stream.write(Uint8Array.of(1, 0))
  }
  const [, , , kind, length = 0] = await exactly(stream, 5)
  if (kind !== 3) throw new Error('it was not asked for a name')
  const host = String(await exactly(stream, length))
  const port = (await exactly(stream, 2)).readUInt16BE()
  said.push(`${host}:${port}`)
  stream.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
}

async function headOf(stream: Duplex): Promise<string | undefined> {
  let head = ''
  while (!head.endsWith('\r\n\r\n')) {
    const bytes = await some(stream, 1)
    if (!bytes) return undefined
    head += bytes.toString('latin1')
  }
  return head
}

async function exactly(stream: Duplex, size: number): Promise<Buffer> {
  const bytes = size === 0 ? Buffer.alloc(0) : await some(stream, size)
  if (bytes?.byteLength !== size) throw new Error('it ended in the middle')
  return bytes
}

/** So many bytes, or what there is; undefined at the end. */
async function some(stream: Duplex, size?: number): Promise<Buffer | undefined> {
  while (!stream.readableEnded && !stream.destroyed) {
    const bytes: Buffer | null = stream.read(size)
    if (bytes) return bytes
    const waiting = new AbortController()
    const more = ['readable', 'end', 'close'].map((event) => once(stream, event, { signal: waiting.signal }))
    await Promise.race(more).catch(() => {})
    waiting.abort()
    await Promise.allSettled(more)
  }
  return undefined
}
