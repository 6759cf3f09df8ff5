import type { Duplex } from 'node:stream'
import { type Taken, takeFirst } from './firstBytes.ts'
import { type Host, readHost } from './hostName.ts'

export interface SocksRequest {
  readonly host: Host
  readonly port: number
  readonly user: string | undefined
}

const replies = { succeeded: 0, failed: 1, refused: 2, unreachable: 4, commandNotSupported: 7, addressNotSupported: 8 }
export type SocksReply = keyof typeof replies

/**
 * Speaks SOCKS5 (RFC 1928, RFC 1929) up to what the client wants: a CONNECT, with or without a user name. Anything else is
 * answered, and undefined; whoever called then ends the stream.
 */
export async function readSocks(stream: Duplex): Promise<SocksRequest | undefined> {
  const methods = await takeFirst(stream, readMethods)
  // The name is only how a command says who it is, so a client that could tell it should.
  const method = [2, 0].find((known) => methods?.includes(known))
  if (!methods || method === undefined) {
    if (methods) stream.write(Buffer.of(5, 0xff))
    return undefined
  }
  stream.write(Buffer.of(5, method))
  let user: string | undefined
  if (method === 2) {
    user = await takeFirst(stream, readUser)
    if (user === undefined) return undefined
    stream.write(Buffer.of(1, 0))
  }
  const request = await takeFirst(stream, readRequest)
  if (!request) return undefined
  if (request.type === 'request') {
    const host = readHost(request.host)
    if (host && request.port > 0) return { host, port: request.port, user }
    replySocks(stream, 'addressNotSupported')
  } else replySocks(stream, request.reply)
  return undefined
}

export function replySocks(stream: Duplex, reply: SocksReply): void {
  stream.write(Buffer.of(5, replies[reply], 0, 1, 0, 0, 0, 0, 0, 0))
}

function readMethods(bytes: Buffer): Taken<readonly number[]> | undefined {
  if (bytes[0] !== 5) return { value: [], used: 0 }
  const used = 2 + (bytes[1] ?? 255)
  return bytes.length < used ? undefined : { value: [...bytes.subarray(2, used)], used }
}

function readUser(bytes: Buffer): Taken<string> | undefined {
  const passwordAt = 2 + (bytes[1] ?? 255)
  const used = passwordAt + 1 + (bytes[passwordAt] ?? 255)
  return bytes.length < used ? undefined : { value: bytes.toString('latin1', 2, passwordAt), used }
}

type Request = { type: 'request'; host: string; port: number } | { type: 'bad'; reply: SocksReply }

function readRequest(bytes: Buffer): Taken<Request> | undefined {
  if (bytes.length < 5) return undefined
  const bad = (reply: SocksReply): Taken<Request> => ({ value: { type: 'bad', reply }, used: bytes.length })
  if (bytes[0] !== 5 || bytes[2] !== 0) return bad('failed')
  const size = new Map([
    [1, 4],
    [3, 1 + bytes[4]!],
    [4, 16],
  ]).get(bytes[3]!)
  if (size === undefined) return bad('addressNotSupported')
  const used = 4 + size + 2
  if (bytes.length < used) return undefined
  if (bytes[1] !== 1) return bad('commandNotSupported')
  const address = bytes.subarray(4, 4 + size)
  return { value: { type: 'request', host: addressText(bytes[3]!, address), port: bytes.readUInt16BE(4 + size) }, used }
}

function addressText(type: number, address: Buffer): string {
  if (type === 1) return address.join('.')
  if (type === 3) return address.toString('latin1', 1)
  const hextets = Array.from({ length: 8 }, (_, at) => address.readUInt16BE(at * 2).toString(16))
  return hextets.join(':')
}
