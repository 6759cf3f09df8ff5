import type { IncomingMessage, ServerResponse as Response, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { BoundSecret } from './boundSecret.ts'
import { endWith } from './endWith.ts'
import { forward } from './forward.ts'
import type { Client, Gate, Wanted } from './gate.ts'
import { proxyUser } from './httpHeaders.ts'
import { readConnectTarget, readTarget, type Scheme } from './httpTarget.ts'
import { createServer, ServerResponse } from './nodeHttp.ts'
import { asResponse, badRequest, type Refusal, refused, responseHeaders, unreachable } from './refusal.ts'
import { Upstreams } from './upstreams.ts'

/** Where a connection leads, when it is known before its first request. */
export interface Origin extends Wanted {
  readonly scheme: Scheme
}

export interface HttpProxyOptions {
  readonly gate: Gate
  readonly idleMs: number
  /** Those that are bound to this host and reach it on this port. */
  readonly secretsOf: (host: string, port: number) => readonly BoundSecret[]
  /** Roots for servers in place of the machine's own. */
  readonly upstreamCa: readonly string[] | undefined
  /** A CONNECT; whoever is called answers it and owns the stream. */
  readonly onConnect: (wanted: Wanted, client: Client, stream: Duplex) => void
}

interface Visit {
  readonly client: Client
  readonly origin: Origin | undefined
  readonly upstreams: Upstreams
  waiting: number
}

// More requests at once on one connection than any client sends ahead.
const maxWaiting = 64

/** HTTP/1 from inside: requests to a proxy, and those on connections whose host is known. Each request is decided on its own. */
export class HttpProxy {
  readonly #options: HttpProxyOptions
  readonly #server: Server
  readonly #visits = new WeakMap<Duplex, Visit>()

  constructor(options: HttpProxyOptions) {
    this.#options = options
    // It never listens: it is only handed streams.
    this.#server = createServer({
      maxHeaderSize: 64 * 1024,
      keepAliveTimeout: 60_000,
      insecureHTTPParser: false,
      // Inside HTTP/2, say, a client could ask for any host. What may not be changed to is answered as a plain request.
      shouldUpgradeCallback: ({ method, headers }) =>
        method === 'GET' &&
        headers.upgrade?.toLowerCase() === 'websocket' &&
        headers['content-length'] === undefined &&
        headers['transfer-encoding'] === undefined,
    })
    this.#server.on('request', (request, response) => this.#guarded(request, response, false))
    this.#server.on('checkContinue', (request, response) => this.#guarded(request, response, false))
    this.#server.on('connect', (request, stream, head) => this.#connect(request, stream, head))
    this.#server.on('upgrade', (request, stream, head) => this.#upgrade(request, stream, head))
    this.#server.on('clientError', (_, stream) => {
      endWith(stream, asResponse(badRequest('it is not well-formed HTTP/1.1')))
    })
  }

  /** Without `origin` the client takes us for a proxy. The stream is ours from here on. */
  accept(stream: Duplex, client: Client, origin: Origin | undefined): void {
    const upstreams = new Upstreams(client.gone, this.#options.upstreamCa)
    this.#visits.set(stream, { client, origin, upstreams, waiting: 0 })
    stream.once('close', () => upstreams.destroy())
    stream.on('error', () => {})
    this.#server.emit('connection', stream)
  }

  #guarded(request: IncomingMessage, response: Response, upgrade: boolean): void {
    this.#serve(request, response, upgrade).catch(() => response.destroy())
  }

  async #serve(request: IncomingMessage, response: Response, upgrade: boolean): Promise<void> {
    const visit = this.#visits.get(request.socket)
    if (!visit) return void response.destroy()
    const refuse = (refusal: Refusal) => refuseRequest(request, response, refusal)
    visit.waiting += 1
    response.once('close', () => {
      visit.waiting -= 1
    })
    if (visit.waiting > maxWaiting) return refuse(badRequest('too many requests wait on one connection'))

    // HTTP itself sees when a client ends.
    const { watch: _, ...client } = visit.client
    const { origin } = visit
    const target = readTarget(request, origin)
    if ('unclear' in target) return refuse(badRequest(target.unclear))
    const { gate, idleMs, secretsOf } = this.#options
    const wanted: Wanted = origin ?? { ...target, how: 'http', tag: gate.tagOf(proxyUser(request), client) }
    const admission = await gate.admit(wanted, client)
    if (response.destroyed) return
    const host = wanted.host.text
    switch (admission.type) {
      case 'gone':
        return void response.destroy()
      case 'denied':
        return refuse(refused(host, wanted.port, admission))
      case 'failed':
        return refuse(unreachable(host, wanted.port, admission.why))
    }
    gate.tell(wanted, client, 'allow', admission)
    if (request.headers.expect !== undefined) response.writeContinue()
    const scheme = origin?.scheme ?? 'http'
    forward({
      request,
      response,
      route: { ...target, scheme, addresses: admission.addresses },
      upstreams: visit.upstreams,
      secrets: scheme === 'https' ? secretsOf(host, wanted.port) : [],
      idleMs,
      upgrade,
      refuse,
    })
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (head.length > 0) stream.unshift(head)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(request.socket)
    response.once('finish', () => stream.end())
    this.#guarded(request, response, true)
  }

  #connect(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const visit = this.#visits.get(stream)
    const target = readConnectTarget(request)
    stream.on('error', () => {})
    if (!visit || visit.origin || 'unclear' in target) {
      const why = 'unclear' in target ? target.unclear : 'CONNECT is only for a proxy'
      endWith(stream, asResponse(badRequest(why)))
      return
    }
    if (head.length > 0) stream.unshift(head)
    const { host, port } = target
    const tag = this.#options.gate.tagOf(proxyUser(request), visit.client)
    this.#options.onConnect({ host, port, how: 'connect', tag }, visit.client, stream)
  }
}

function refuseRequest(request: IncomingMessage, response: Response, refusal: Refusal): void {
  // What is still sent is let go, so that the answer can be read.
  request.resume()
  response.sendDate = false
  response.writeHead(refusal.status, refusal.phrase, responseHeaders(refusal))
  response.end(refusal.text)
}
