import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  createReadStream,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { copyOpen } from './copyOpen.ts'
import { sha256 } from './fileState.ts'
import { isErrno } from './folder.ts'

/**
 * Contents by their SHA-256, as files of their own that are never written again. Whoever knows which of them are needed
 * calls `retain` before the first `put` of a process: what a killed process left half-written is gone then.
 */
export class ContentStore {
  readonly #folder: string
  readonly #known = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
  }

  has(hash: string): boolean {
    return this.#known.has(hash)
  }

  /** Removes everything else. */
  retain(needed: { has(hash: string): boolean }): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    this.#known.clear()
    for (const name of readdirSync(this.#folder)) {
      if (needed.has(name)) this.#known.add(name)
      else unlinkSync(join(this.#folder, name))
    }
  }

  put(bytes: Uint8Array): string {
    const hash = sha256(bytes)
    if (this.#known.has(hash)) return hash
    const path = join(this.#folder, hash)
    const fd = openSync(path, 'wx', 0o600)
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
    } catch (error) {
      unlinkSync(path)
      throw error
    } finally {
      closeSync(fd)
    }
    this.#known.add(hash)
    return hash
  }

  /** The content of an open file, by reflink where the file system can; what is hashed is the copy, so it is one content. */
  async putOpen(fd: number): Promise<{ sha256: string; size: number }> {
    const aside = join(this.#folder, `.${randomBytes(8).toString('hex')}`)
    try {
      await copyOpen(fd, aside)
      // One by reflink has the agent's mode.
      chmodSync(aside, 0o600)
      const hash = createHash('sha256')
      let size = 0
      for await (const part of createReadStream(aside) as AsyncIterable<Buffer>) {
        hash.update(part)
        size += part.length
      }
      const name = hash.digest('hex')
      if (!this.#known.has(name)) renameSync(aside, join(this.#folder, name))
      this.#known.add(name)
      return { sha256: name, size }
    } finally {
      unlinkIfThere(aside)
    }
  }

  /** Content that another store of ours holds in a file which is never written again. False where it does not. */
  adopt(hash: string, file: string): boolean {
    if (this.#known.has(hash)) return true
    try {
      linkSync(file, join(this.#folder, hash))
      this.#known.add(hash)
      return true
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false
      if (!isErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV')) throw error
    }
    const bytes = readFileSync(file)
    return sha256(bytes) === hash && this.put(bytes) === hash
  }

  /** Undefined where it is not there, or not whole any more. */
  read(hash: string): Buffer | undefined {
    try {
      const bytes = readFileSync(join(this.#folder, hash))
      return sha256(bytes) === hash ? bytes : undefined
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    }
  }

  drop(hash: string): void {
    this.#known.delete(hash)
    unlinkIfThere(join(this.#folder, hash))
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}
