import type { Stats } from 'node:fs'
import { type FileState, type Reading, readPath, stampOf } from './fileState.ts'

/** One side's folder tree (the user's, or the layer's own files), with what was read of it remembered by stamp. */
export class Tree {
  readonly root: string
  readonly #known = new Map<string, { stamp: string; state: FileState }>()

  constructor(root: string) {
    this.root = root
  }

  /** What `path` is; `stat` was just taken of it. Read again only where the stamp differs. */
  async state(path: string, stat: Stats): Promise<FileState> {
    if (stat.isDirectory()) return { type: 'folder' }
    const known = this.#known.get(path)
    if (known && known.stamp === stampOf(stat)) return known.state
    return (await this.read(path)).state
  }

  /** Reads `path` as it is now, in full. */
  async read(path: string): Promise<Reading> {
    const reading = await readPath(this.root, path)
    if (reading.stamp !== undefined) this.#known.set(path, { stamp: reading.stamp, state: reading.state })
    else this.#known.delete(path)
    return reading
  }

  /** It was just replaced. */
  forget(path: string): void {
    this.#known.delete(path)
  }

  /** What is known of any other path is dropped. */
  retain(paths: { has(path: string): boolean }): void {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path)
  }
}
