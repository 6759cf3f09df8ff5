import { createServer, type Server, type Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'

/** A sandbox whose ports can be reached. */
export interface PortSandbox {
  connect(port: number): Promise<Duplex>
  readonly closed: Promise<void>
}

const maxConnections = 64

/** A port of this machine's loopback address that leads to one inside a sandbox, until it is closed or the sandbox is. */
export interface PortForward {
  readonly port: number
  close(): void
  readonly closed: Promise<void>
}

/** Nobody need listen inside yet: whoever connects before is hung up on. */
export async function forwardPort(sandbox: PortSandbox, port: number): Promise<PortForward> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    sandbox.connect(port).then(
      (inside) => join(socket, inside),
      () => socket.destroy(),
    )
  })
  server.maxConnections = maxConnections
  const closed = new Promise<void>((resolve) => server.once('close', resolve))
  await listenOnLoopback(server)
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  void sandbox.closed.then(close)
  return { port: (server.address() as { port: number }).port, close, closed }
}

/** Each direction ends by itself; where one breaks, both are over. */
function join(socket: Socket, inside: Duplex): void {
  const over = (error?: Error | null) => {
    if (!error) return
    socket.destroy()
    inside.destroy()
  }
  if (socket.destroyed) return void inside.destroy()
  pipeline(socket, inside, over)
  pipeline(inside, socket, over)
}

function listenOnLoopback(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve())
  })
}
