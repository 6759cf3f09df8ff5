import type { BigIntStats } from 'node:fs'
import { constants } from 'node:fs'
import { lstat, open, readdir, readlink } from 'node:fs/promises'

const block = 512
const pieceBytes = 256 << 10

/** Who is told of each file and link that goes along, with its size, and of what cannot. */
interface Heard {
  onFile(size: number): void
  leftOut(path: string, why: string): void
}

/**
 * A file or folder of this machine as an archive, in which it is called `name`. No link is followed: links go along as what
 * they are. Rejects where something cannot be read or changes meanwhile.
 */
export async function* writeTar(path: string, name: string, heard: Heard): AsyncGenerator<Buffer> {
  yield* member(Buffer.from(path), Buffer.from(name), heard)
  yield Buffer.alloc(2 * block)
}

async function* member(path: Buffer, name: Buffer, heard: Heard): AsyncGenerator<Buffer> {
  const found = await lstat(path, { bigint: true })
  if (found.isDirectory()) {
    yield* heads(joined(name, ''), '5', found, 0)
    const children = await readdir(path, { encoding: 'buffer' })
    for (const child of children.toSorted(Buffer.compare)) {
      yield* member(joined(path, child), joined(name, child), heard)
    }
  } else if (found.isSymbolicLink()) {
    heard.onFile(0)
    yield* heads(name, '2', found, 0, await readlink(path, { encoding: 'buffer' }))
  } else if (found.isFile()) {
    heard.onFile(Number(found.size))
    yield* file(path, name)
  } else {
    heard.leftOut(path.toString(), 'it is neither file, folder nor link')
  }
}

async function* file(path: Buffer, name: Buffer): AsyncGenerator<Buffer> {
  // A pipe that took its place meanwhile must not be waited for.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const found = await handle.stat({ bigint: true })
    if (!found.isFile()) throw new Error(`${path} is no file any more.`)
    const size = Number(found.size)
    yield* heads(name, '0', found, size)
    for (let left = size; left > 0; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(left, pieceBytes)))
      if (bytesRead === 0) throw new Error(`${path} became shorter while it was read.`)
      yield buffer.subarray(0, bytesRead)
      left -= bytesRead
    }
    const padding = (block - (size % block)) % block
    if (padding > 0) yield Buffer.alloc(padding)
  } finally {
    await handle.close()
  }
}

/** The head of a member, and before it GNU's long names where they do not fit. */
function* heads(
  name: Buffer,
  type: string,
  found: BigIntStats,
  size: number,
  target = Buffer.alloc(0),
): Generator<Buffer> {
  if (name.byteLength > 100) yield* longName('L', name)
  if (target.byteLength > 100) yield* longName('K', target)
  yield head(name, type, { mode: Number(found.mode & 0o777n), size, mtime: Number(found.mtimeMs / 1000n), target })
}

function* longName(type: string, text: Buffer): Generator<Buffer> {
  const size = text.byteLength + 1
  yield head(Buffer.from('././@LongLink'), type, { mode: 0o644, size, mtime: 0, target: Buffer.alloc(0) })
  const padded = Buffer.alloc(Math.ceil(size / block) * block)
  text.copy(padded)
  yield padded
}

function head(
  name: Buffer,
  type: string,
  { mode, size, mtime, target }: { mode: number; size: number; mtime: number; target: Buffer },
): Buffer {
  const bytes = Buffer.alloc(block)
  name.copy(bytes, 0, 0, 100)
  bytes.write(octal(mode, 8), 100)
  bytes.write(octal(0, 8), 108)
  bytes.write(octal(0, 8), 116)
  writeSize(bytes, size)
  bytes.write(octal(Math.max(0, mtime), 12), 136)
  bytes.write('        ', 148)
  bytes.write(type, 156)
  target.copy(bytes, 157, 0, 100)
  bytes.write('ustar  \0', 257)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}

/** What has no room in octal digits is written in base 256. */
function writeSize(bytes: Buffer, size: number): void {
  if (size < 8 ** 11) {
    bytes.write(octal(size, 12), 124)
    return
  }
  bytes.writeUInt8(0x80, 124)
  bytes.writeBigUInt64BE(BigInt(size), 128)
}

function octal(number: number, length: number): string {
  return `${number.toString(8).padStart(length - 1, '0')}\0`
}

function joined(folder: Buffer, name: Buffer | ''): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), Buffer.from(name)])
}
