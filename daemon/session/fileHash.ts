import { createHash } from 'node:crypto'
import type { Sandbox } from '../sandbox/sandbox.ts'

const chunkBytes = 4 << 20
/** Bytes; consent is not bound to what is in larger files. */
const mostBytes = 256 << 20

/** SHA-256 (hex) of a file inside the sandbox, read part by part; null where there is none or it cannot be read. */
export async function fileHash(sandbox: Pick<Sandbox, 'readFile'>, path: string): Promise<string | null> {
  const hash = createHash('sha256')
  for (let offset = 0; ; ) {
    const part = await sandbox.readFile(path, { offset, maxBytes: chunkBytes })
    if (part.type !== 'read' || part.size > mostBytes) return null
    hash.update(part.bytes)
    offset += part.bytes.byteLength
    if (part.bytes.byteLength === 0 || offset >= part.size) return hash.digest('hex')
  }
}
