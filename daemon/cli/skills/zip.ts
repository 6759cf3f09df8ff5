import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  /** With forward slashes, from the archive's root. */
  readonly name: string
  readonly bytes: Buffer
  readonly executable: boolean
}

/** 1 January 1980, the first date that the format knows: the same files give the same archive. */
const date = 0x21
const unicodeNames = 0x0800
const onUnix = 3 << 8

/** A ZIP archive of these entries in this order. At most 65,535 of them, and 4 GB. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, executable } of entries) {
    const packed = deflateRawSync(bytes, { level: 9 })
    const [method, data] = packed.length < bytes.length ? [8, packed] : [0, bytes]
    const path = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(unicodeNames, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt16LE(date, 8)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(path.length, 22)
    parts.push(signature(0x04034b50), common, path, data)
    const attributes = Buffer.alloc(14)
    attributes.writeUInt32LE(((executable ? 0o100755 : 0o100644) << 16) >>> 0, 6)
    attributes.writeUInt32LE(offset, 10)
    const madeBy = Buffer.alloc(2)
    madeBy.writeUInt16LE(onUnix | 20)
    directory.push(signature(0x02014b50), madeBy, common, attributes, path)
    offset += 30 + path.length + data.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(listed.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, listed, signature(0x06054b50), end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
