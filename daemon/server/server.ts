import { createHash, randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Endpoint } from '#protocol/daemon.ts'
import { type ConnectionParams, serveConnection } from './connection.ts'
import type { Wire } from './wire.ts'

const maxConnections = 256

export interface ServerParams extends Omit<ConnectionParams, 'tokens' | 'onClosed' | 'onGreeted'> {
  readonly dataFolder: string
  readonly onConnections: () => void
}

export interface Listening {
  /** Greeted control connections. */
  readonly wires: ReadonlySet<Wire>
  /** All connections, skill channels included. */
  readonly connections: number
  /** Takes the endpoint file away and listens no more; who is connected stays so. */
  withdraw(): Promise<void>
  /** Ends every connection, in any case within a second. */
  close(): Promise<void>
}

/** Listens on a fresh socket and announces it, with fresh tokens, in the endpoint file (0600, written aside and renamed). */
export async function listen(params: ServerParams): Promise<Listening> {
  const { dataFolder, build } = params
  const tokens = { full: freshToken(), view: freshToken() }
  const path = await socketPath(dataFolder)
  const wires = new Set<Wire>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    params.onConnections()
    socket.on('error', () => socket.destroy())
    serveConnection(socket, {
      ...params,
      tokens,
      onGreeted: (wire) => void wires.add(wire),
      onClosed: (wire) => {
        sockets.delete(socket)
        if (wire) wires.delete(wire)
        params.onConnections()
      },
    })
  })
  server.maxConnections = maxConnections
  await bind(server, path)
  const endpoint: Endpoint = { socket: path, token: tokens.full, viewToken: tokens.view, pid: process.pid, build }
  const file = join(dataFolder, 'endpoint.json')
  await announce(file, endpoint)
  let closed: Promise<void> | undefined
  const withdraw = async () => {
    closed ??= new Promise<void>((resolve) => server.close(() => resolve()))
    await rm(file, { force: true })
  }
  return {
    wires,
    get connections() {
      return sockets.size
    },
    withdraw,
    async close() {
      await withdraw()
      for (const socket of sockets) socket.destroySoon()
      // Who does not read gets no more than a moment.
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, 1000)
      await closed
      clearTimeout(timer)
      if (process.platform !== 'win32') await rm(path, { force: true })
    },
  }
}

function freshToken(): string {
  return randomBytes(32).toString('base64url')
}

/** In the data folder where the path is short enough for a Unix socket, else in a private folder under the temporary one. */
async function socketPath(dataFolder: string): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\paddock-${randomBytes(16).toString('hex')}`
  const near = join(dataFolder, 'daemon.sock')
  if (Buffer.byteLength(near) <= 100) return near
  const short = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
  return join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), `paddock-${process.getuid?.() ?? 0}-${short}`, 'daemon.sock')
}

async function bind(server: Server, path: string): Promise<void> {
  if (process.platform !== 'win32') {
    const folder = dirname(path)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const found = await lstat(folder)
    if (!found.isDirectory() || found.uid !== process.getuid?.()) {
      throw new Error(`${folder} is not a folder of this user; remove it or set XDG_RUNTIME_DIR.`)
    }
    await chmod(folder, 0o700)
    // The store's lock says that no other daemon of this data folder lives: a socket that is there is a dead one's.
    await unlink(path).catch(() => {})
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  })
  if (process.platform !== 'win32') await chmod(path, 0o600)
}

async function announce(file: string, endpoint: Endpoint): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(endpoint))
  } finally {
    await handle.close()
  }
  await rename(aside, file)
}
