import type { IncomingMessage } from 'node:http'
import { type Host, readAuthority } from './hostName.ts'

export type Scheme = 'http' | 'https'

export interface Target {
  readonly host: Host
  readonly port: number
  readonly path: string
}

type Request = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders' | 'httpVersion'>

/**
 * Where a request leads, or in words why that is not clear: whatever two readers could take differently is refused. Its Host
 * header must name the same host. `origin` is where its connection leads; without it, it is a proxy's and names that itself.
 */
export function readTarget(
  request: Request,
  origin: { readonly host: Host; readonly port: number; readonly scheme: Scheme } | undefined,
): Target | { readonly unclear: string } {
  const framing = framingFault(request)
  if (framing) return { unclear: framing }
  const url = request.url ?? ''
  const [target, defaultPort] = origin ? [readOrigin(url, origin), portOf(origin.scheme)] : [readAbsolute(url), 80]
  if ('unclear' in target) return target
  const [host] = headerValues(request, 'host')
  if (host === undefined)
    return request.httpVersion === '1.0' && !origin ? target : { unclear: 'it has no Host header' }
  return sameHost(readAuthority(host, defaultPort), target) ? target : { unclear: 'its Host header names another host' }
}

/** The same of a CONNECT request. */
export function readConnectTarget(request: Request): Target | { readonly unclear: string } {
  const authority = readAuthority(request.url ?? '', undefined)
  if (!authority) return { unclear: 'CONNECT needs a host and a port' }
  const framing = framingFault(request)
  if (framing) return { unclear: framing }
  const [host] = headerValues(request, 'host')
  if (host !== undefined && !sameHost(readAuthority(host, authority.port), authority)) {
    return { unclear: 'its Host header names another host' }
  }
  return { ...authority, path: '' }
}

export function headerValues({ rawHeaders }: Pick<Request, 'rawHeaders'>, name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]!.toLowerCase() === name)
}

// What two parsers could frame differently. Node's parser refuses the rest: folded lines, bare line ends, a length beside
// chunks, two lengths.
function framingFault(request: Request): string | undefined {
  if (request.httpVersion !== '1.1' && request.httpVersion !== '1.0') return 'it is neither HTTP/1.1 nor HTTP/1.0'
  if (headerValues(request, 'host').length > 1) return 'it has two Host headers'
  const codings = headerValues(request, 'transfer-encoding')
  if (codings.length > 1 || codings.some((coding) => coding.toLowerCase() !== 'chunked')) {
    return 'its Transfer-Encoding is not just chunked'
  }
  if (codings.length > 0 && request.httpVersion === '1.0') return 'chunks need HTTP/1.1'
  return undefined
}

function readAbsolute(url: string): Target | { unclear: string } {
  if (/^https:/i.test(url)) return { unclear: 'https goes through CONNECT' }
  const parts = /^http:\/\/([^/?#]*)((?:[/?][^#]*)?)$/i.exec(url)
  if (!parts) return { unclear: 'a proxy needs the whole address, as in GET http://host/path' }
  const authority = readAuthority(parts[1]!, 80)
  if (!authority) return { unclear: 'its address does not name a host clearly' }
  const path = parts[2]!
  return { ...authority, path: path.startsWith('/') ? path : `/${path}` }
}

function readOrigin(url: string, { host, port }: { host: Host; port: number }): Target | { unclear: string } {
  return url.startsWith('/') || url === '*' ? { host, port, path: url } : { unclear: 'its path does not begin with /' }
}

function sameHost(one: { host: Host; port: number } | undefined, other: { host: Host; port: number }): boolean {
  return one?.host.type === other.host.type && one.host.text === other.host.text && one.port === other.port
}

function portOf(scheme: Scheme): number {
  return scheme === 'https' ? 443 : 80
}
