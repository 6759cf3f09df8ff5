import type { IncomingMessage } from 'node:http'
import { headerValues } from './httpTarget.ts'

// RFC 9110, 7.6.1, and what is said to a proxy. Trailers are not passed on, so nobody is told to send them.
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Names and values in turn: a message's headers without those that are for one hop only, and without those named here. */
export function endToEnd(message: Pick<IncomingMessage, 'rawHeaders'>, ...without: string[]): string[] {
  const named = headerValues(message, 'connection').flatMap((value) => value.toLowerCase().split(/[\s,]+/))
  // A Connection header could name any header; framing is not its business.
  const gone = new Set([
    ...hopByHop,
    ...named.filter((name) => name !== 'content-length' && name !== 'host'),
    ...without,
  ])
  const { rawHeaders } = message
  return rawHeaders.filter((_, at) => !gone.has(rawHeaders[at - (at % 2)]!.toLowerCase()))
}

/** The user name of Basic credentials for the proxy: how a command names itself. */
export function proxyUser(message: Pick<IncomingMessage, 'rawHeaders'>): string | undefined {
  const [credentials] = headerValues(message, 'proxy-authorization')
  const token = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(credentials ?? '')?.[1]
  return token === undefined ? undefined : readTag(Buffer.from(token, 'base64').toString('latin1').split(':', 1)[0]!)
}

/** A tag as a program gave it; undefined where it cannot be one. */
export function readTag(given: string | undefined): string | undefined {
  return given !== undefined && /^[\w-]{1,128}$/.test(given) ? given : undefined
}
