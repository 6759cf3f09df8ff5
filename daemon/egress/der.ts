/** The few parts of ASN.1's DER (X.690) that a certificate needs. Each function makes one value, tag and length included. */
export function sequence(...parts: Buffer[]): Buffer {
  return value(0x30, ...parts)
}

export function set(...parts: Buffer[]): Buffer {
  return value(0x31, ...parts)
}

export function explicit(tag: number, ...parts: Buffer[]): Buffer {
  return value(0xa0 | tag, ...parts)
}

/** A context tag in place of a primitive value's own. */
export function implicit(tag: number, content: Uint8Array): Buffer {
  return value(0x80 | tag, content)
}

export function boolean(is: boolean): Buffer {
  return value(1, Buffer.of(is ? 0xff : 0))
}

/** A number that is not negative, as big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  return value(2, bytes[0]! & 0x80 ? Buffer.of(0) : Buffer.alloc(0), bytes)
}

export function bits(bytes: Uint8Array, unused = 0): Buffer {
  return value(3, Buffer.of(unused), bytes)
}

export function octets(bytes: Uint8Array): Buffer {
  return value(4, bytes)
}

/** As in `2.5.29.17`. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const base128 = (number: number) => {
    const digits = [number & 127]
    for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 127) | 128)
    return digits
  }
  return value(6, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

export function text(content: string): Buffer {
  return value(12, Buffer.from(content))
}

/** To the second; only up to 2049, where certificates change to another type. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return value(23, Buffer.from(digits.slice(2)))
}

function value(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 128) return Buffer.concat([Buffer.of(tag, content.length), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const short = length.subarray(length.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.of(tag, 0x80 | short.length), short, content])
}
