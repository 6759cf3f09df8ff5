import { execFile } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)
const measureLimitMs = 30_000
/** However little the disk seems to fill, others may be making room on it. */
const measureEveryMs = 30_000

/**
 * How much some folders have grown since this was made, in bytes. Counting files costs, so it is done by `du` and only
 * when the disk they lie on has lost enough room for the answer to matter.
 */
export class DiskUse {
  readonly #folders: readonly string[]
  readonly #limit: number
  readonly #first: Promise<number | undefined>
  #last = { growth: 0, free: 0, at: 0 }

  constructor(folders: readonly string[], limitBytes: number) {
    this.#folders = folders
    this.#limit = limitBytes
    this.#last = { growth: 0, free: this.#free(), at: Date.now() }
    this.#first = measure(folders)
  }

  /** At most what they have grown by; exact where that is near the limit. */
  async growth(): Promise<number> {
    const free = this.#free()
    const atMost = this.#last.growth + Math.max(0, this.#last.free - free)
    if (atMost <= this.#limit && Date.now() - this.#last.at < measureEveryMs) return atMost
    const [first, now] = await Promise.all([this.#first, measure(this.#folders)])
    // What cannot be counted, such as a folder that its owner may not read, has grown by what the disk lost.
    const growth = first === undefined || now === undefined ? atMost : now - first
    this.#last = { growth, free, at: Date.now() }
    return growth
  }

  #free(): number {
    try {
      const { bfree, bsize } = statfsSync(this.#folders[0]!)
      return bfree * bsize
    } catch {
      return this.#last.free
    }
  }
}

/** Bytes on the disk, links not followed. */
async function measure(folders: readonly string[]): Promise<number | undefined> {
  try {
    const { stdout } = await run('/usr/bin/du', ['-scx', '--block-size=1', '--', ...folders], {
      timeout: measureLimitMs,
    })
    return Number(/^(\d+)\ttotal$/m.exec(stdout)?.[1])
  } catch {
    return undefined
  }
}
