import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createInflate, createUnzip, createZstdDecompress } from 'node:zlib'
import type { BoundSecret } from './boundSecret.ts'
import { bracketed } from './hostName.ts'
import { endToEnd } from './httpHeaders.ts'
import { request as newRequest } from './nodeHttp.ts'
import { type Refusal, unreachable } from './refusal.ts'
import { scrub } from './scrub.ts'
import { type Disguise, disguise, swapSecrets } from './swapSecrets.ts'
import { tunnel } from './tunnel.ts'
import { type Route, Unreachable, type Upstreams } from './upstreams.ts'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly route: Route
  readonly upstreams: Upstreams
  /** Those that are bound to this very host; none unless it is reached over TLS. */
  readonly secrets: readonly BoundSecret[]
  readonly idleMs: number
  /** It asks to go on in another protocol, as WebSockets do. */
  readonly upgrade: boolean
  /** When there is no answer to pass on. */
  readonly refuse: (refusal: Refusal) => void
}

/** Makes the request anew towards its host, with framing of our own, and passes the answer back. Bodies are not kept. */
export function forward(exchange: Exchange): void {
  const { request, response, route, upstreams, secrets, idleMs, upgrade, refuse } = exchange
  const { headers, disguises } = requestHeaders(exchange)
  const options = { agent: upstreams, host: route.host.text, port: route.port, route }
  const out = newRequest({ ...options, method: request.method, path: route.path, headers, setHost: false })

  out.setTimeout(idleMs, () => out.destroy(new Unreachable('it said nothing for a long time')))
  const noWay = (why: string) => {
    if (!response.headersSent && !response.destroyed) refuse(unreachable(route.host.text, route.port, why))
    else response.destroy()
  }
  out.on('error', (error: NodeJS.ErrnoException) => {
    request.unpipe(out)
    noWay(error instanceof Unreachable ? error.message : `the connection broke (${error.code ?? 'failed'})`)
  })
  out.on('response', (answer) => {
    const body = readable(answer, secrets.length > 0 && request.method !== 'HEAD')
    if (!body || !writeHead(response, answer, disguises)) {
      answer.destroy()
      return noWay(body ? 'its answer is not well-formed' : 'it answered in a coding that cannot be looked into')
    }
    const through = disguises.length > 0 ? [scrub(disguises)] : []
    pipeline([body, ...through, response], () => {})
  })
  out.on('upgrade', (answer, socket, head) => {
    const inside = response.socket
    if (!upgrade || !inside) {
      socket.destroy()
      return noWay('it went on in another protocol, which nobody asked for')
    }
    response.detachSocket(inside)
    inside.write(switchingHead(answer, disguises), 'latin1')
    if (head.length > 0) socket.unshift(head)
    tunnel(inside, socket, idleMs, disguises.length > 0 ? { inward: scrub(disguises, { cut: true }) } : {})
  })
  response.once('close', () => {
    if (!response.writableFinished) out.destroy()
  })
  request.once('error', () => out.destroy())
  if (upgrade) out.end()
  else request.pipe(out)
}

function requestHeaders({ request, route, secrets, upgrade }: Exchange) {
  const { host, port, scheme, path } = route
  const usual = port === (scheme === 'https' ? 443 : 80)
  const without = ['host', 'expect', ...(secrets.length > 0 ? ['accept-encoding', 'sec-websocket-extensions'] : [])]
  const swapped = swapSecrets(endToEnd(request, ...without), path, secrets)
  // A value that comes back in pieces would not be known again.
  const headers = swapped.any ? withoutNames(swapped.headers, ['range', 'if-range']) : swapped.headers
  headers.unshift('Host', `${bracketed(host.text)}${usual ? '' : `:${port}`}`)
  if (secrets.length > 0) headers.push('Accept-Encoding', 'identity')
  const { 'transfer-encoding': chunked, 'content-length': length, upgrade: protocol } = request.headers
  if (chunked !== undefined) headers.push('Transfer-Encoding', 'chunked')
  else if (length === undefined && /^(POST|PUT|PATCH)$/.test(request.method!)) headers.push('Content-Length', '0')
  if (upgrade) headers.push('Connection', 'Upgrade', 'Upgrade', protocol ?? '')
  return { headers, disguises: swapped.disguises }
}

function withoutNames(headers: readonly string[], names: readonly string[]): string[] {
  return headers.filter((_, at) => !names.includes(headers[at - (at % 2)]!.toLowerCase()))
}

/** False where the server's head holds what Node takes and would not send, as a status of 099. */
function writeHead(response: ServerResponse, answer: IncomingMessage, disguises: readonly Disguise[]): boolean {
  // What is replaced, or was decoded, has another length.
  const without = disguises.length > 0 ? ['content-length', 'content-encoding'] : []
  const headers = endToEnd(answer, ...without).map((part) => disguise(part, disguises))
  response.sendDate = false
  try {
    response.writeHead(answer.statusCode!, disguise(answer.statusMessage ?? '', disguises), headers)
  } catch {
    return false
  }
  response.flushHeaders()
  return true
}

function switchingHead(answer: IncomingMessage, disguises: readonly Disguise[]): string {
  const headers = endToEnd(answer).map((part) => disguise(part, disguises))
  const lines = headers.flatMap((part, at) => (at % 2 === 0 ? [`${part}: ${headers[at + 1]}`] : []))
  const switching = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', `Upgrade: ${answer.headers.upgrade}`]
  return `${[...switching, ...lines].join('\r\n')}\r\n\r\n`
}

const decoders = new Map<string, () => Transform>([
  ['gzip', createUnzip],
  ['x-gzip', createUnzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
])

/** An answer's body, in plain bytes where it must be looked into; undefined where that cannot be. */
function readable(answer: IncomingMessage, plain: boolean): Readable | undefined {
  const coding = answer.headers['content-encoding']?.toLowerCase() ?? 'identity'
  const empty = answer.statusCode === 204 || answer.statusCode === 304
  if (!plain || coding === 'identity' || empty) return answer
  const decoder = decoders.get(coding)?.()
  return decoder && pipeline(answer, decoder, () => {})
}
