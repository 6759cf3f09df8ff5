import type { Taken } from './firstBytes.ts'

/** How a TLS client begins. Encrypted names (ECH) show their outer name, which is the one that must be right. */
export type ClientHello =
  | { readonly type: 'hello'; readonly serverName: string | undefined }
  | { readonly type: 'notTls' }

/** Reads a ClientHello, in however many records, using up nothing; undefined while bytes are missing. */
export function readClientHello(bytes: Buffer): Taken<ClientHello> | undefined {
  const message: Buffer[] = []
  let length = 0
  for (let at = 0; ; ) {
    if (bytes[at] !== undefined && bytes[at] !== 22) return notTls
    if (bytes[at + 1] !== undefined && bytes[at + 1] !== 3) return notTls
    if (bytes.length < at + 5) return undefined
    const size = bytes.readUInt16BE(at + 3)
    if (size === 0 || size > 16_384) return notTls
    const part = bytes.subarray(at + 5, at + 5 + size)
    message.push(part)
    length += part.length
    const whole = message.length === 1 ? message[0]! : Buffer.concat(message)
    if (length > 0 && whole[0] !== 1) return notTls
    if (length >= 4) {
      const wanted = whole.readUIntBE(1, 3)
      if (wanted > 65_536) return notTls
      if (length >= 4 + wanted) return { value: readBody(whole.subarray(4, 4 + wanted)), used: 0 }
    }
    if (part.length < size) return undefined
    at += 5 + size
  }
}

const notTls: Taken<ClientHello> = { value: { type: 'notTls' }, used: 0 }

function readBody(body: Buffer): ClientHello {
  try {
    let at = 34
    at += 1 + body.readUInt8(at)
    at += 2 + body.readUInt16BE(at)
    at += 1 + body.readUInt8(at)
    const names: string[] = []
    if (at < body.length) {
      const end = at + 2 + body.readUInt16BE(at)
      if (end !== body.length) return notTls.value
      for (at += 2; at < end; ) {
        const type = body.readUInt16BE(at)
        const size = body.readUInt16BE(at + 2)
        if (at + 4 + size > end) return notTls.value
        if (type === 0) names.push(readServerName(body.subarray(at + 4, at + 4 + size)))
        at += 4 + size
      }
    }
    // Two names could be read as either.
    return names.length > 1 ? notTls.value : { type: 'hello', serverName: names[0] }
  } catch (error) {
    if (error instanceof RangeError) return notTls.value
    throw error
  }
}

function readServerName(list: Buffer): string {
  const size = list.readUInt16BE(3)
  const single = list.readUInt16BE(0) === list.length - 2 && list.readUInt8(2) === 0 && size === list.length - 5
  if (!single) throw new RangeError('not one host name')
  return list.toString('latin1', 5)
}
