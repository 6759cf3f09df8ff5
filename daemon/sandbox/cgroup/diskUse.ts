import { execFile } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)
const measureLimitMs = 30_000
/** However little the disk seems to fill, others may be making room on it. Counting takes a twentieth of the time at most. */
const measureEveryMs = 5_000
const pauseFactor = 20

/**
 * How much some folders have grown since this was made, in bytes. Counting files costs, so it is done by `du` and only
 * when the disk they lie on has lost enough room for the answer to matter.
 */
export class DiskUse {
  readonly #folders: readonly string[]
  readonly #limit: number
  readonly #first: Promise<number | undefined>
  #last: { growth: number; free: number; at: number; tookMs: number }
  #measuring: Promise<void> | undefined

  constructor(folders: readonly string[], limitBytes: number) {
    this.#folders = folders
    this.#limit = limitBytes
    this.#last = { growth: 0, free: 0, at: Date.now(), tookMs: 0 }
    this.#last.free = this.#free()
    this.#first = measure(folders)
  }

  /** What they have grown by as far as is known; exact where that could be above the limit. */
  async growth(): Promise<number> {
    const atMost = this.#atMost()
    const { at, tookMs } = this.#last
    if (atMost <= this.#limit && Date.now() - at < Math.max(measureEveryMs, pauseFactor * tookMs)) return atMost
    this.#measuring ??= this.#measure(atMost).finally(() => {
      this.#measuring = undefined
    })
    if (atMost <= this.#limit) return atMost
    await this.#measuring
    return this.#last.growth
  }

  #atMost(): number {
    const free = this.#free()
    // Room that others made must not hide what is written from now on.
    this.#last.free = Math.max(this.#last.free, free)
    return this.#last.growth + this.#last.free - free
  }

  async #measure(atMost: number): Promise<void> {
    const [started, free] = [Date.now(), this.#free()]
    const [first, now] = await Promise.all([this.#first, measure(this.#folders)])
    // What cannot be counted, such as a folder that its owner may not read, has grown by what the disk lost.
    const growth = first === undefined || now === undefined ? atMost : now - first
    this.#last = { growth, free, at: Date.now(), tookMs: Date.now() - started }
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
