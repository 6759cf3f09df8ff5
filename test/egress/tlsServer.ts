import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { CertificateAuthority } from '../../daemon/egress/certificateAuthority.ts'
import { listening, portOf } from './inside.ts'

/** A real TLS server for any name and for 127.0.0.1, which remembers what it was sent. */
export async function tlsServer(authority: CertificateAuthority, answer: RequestListener) {
  const seen: IncomingMessage[] = []
  const http = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext: authority.contextFor('127.0.0.1'),
      SNICallback: (name, done) => done(null, authority.contextFor(name)),
    })
    secured.on('error', () => {}).once('secure', () => http.emit('connection', secured))
  })
  await listening(server)
  return {
    port: portOf(server),
    http,
    seen,
    connections: () => sockets.size,
    bytes: () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
