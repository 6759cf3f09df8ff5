import { closeSync, fstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RewindResult } from '#protocol/checkpoint.ts'
import type { CheckpointStore } from './checkpointStore.ts'
import type { Difference } from './difference.ts'
import type { Look } from './differences.ts'
import { openRegular, sameState } from './fileState.ts'
import { inParent, isErrno } from './folder.ts'
import type { LayerFiles } from './layer.ts'
import type { RewindContent } from './rewindAims.ts'
import { planRewind, type RewindPlan, type RewindStep } from './rewindPlan.ts'
import { type Sides, storeBase } from './sides.ts'

const maxPathsTold = 50
/** What a sandbox writes in one go. */
const maxBytes = 64 * 1024 * 1024
/** Requests that are under way at once: a sandbox answers one after the other, and is not left waiting. */
const atOnce = 8

export interface RewindParams {
  readonly sides: Sides
  readonly store: CheckpointStore
  readonly name: string
  readonly files: LayerFiles
  /** Looks at the layer as it is. */
  readonly look: () => Promise<Look>
}

/**
 * Makes the layer what it was at a checkpoint. What can be done is done, also where something else cannot; the first of
 * those is told.
 */
export async function rewindLayer({ sides, store, name, files, look }: RewindParams): Promise<RewindResult> {
  const then = store.at(name)
  if (!then) return { type: 'failed', path: '', why: 'There is no such checkpoint any more.' }
  const before = await look()
  const walk = await sides.view.walk({ withGit: true })
  const plan = await planRewind(sides, { look: before, walk }, then, files)
  const failed = await new Rewinding(sides, store, files).run(plan)
  if (failed) return { type: 'failed', ...failed }
  const paths = await lookingOther(sides, before, await look())
  return { type: 'rewound', files: paths.length, paths: paths.slice(0, maxPathsTold) }
}

interface Failure {
  readonly path: string
  readonly why: string
}

class Rewinding {
  readonly #sides: Sides
  readonly #store: CheckpointStore
  readonly #files: LayerFiles
  readonly #failed: Failure[] = []
  #isOver = false

  constructor(sides: Sides, store: CheckpointStore, files: LayerFiles) {
    this.#sides = sides
    this.#store = store
    this.#files = files
  }

  async run(plan: RewindPlan): Promise<Failure | undefined> {
    for (const step of plan.first) await this.#step(step)
    const writes = [
      ...plan.links,
      ...plan.files.map((file): RewindStep => ({ path: file.path, run: () => this.#write(file) })),
    ]
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let step = writes.pop(); step; step = writes.pop()) await this.#step(step)
      }),
    )
    for (const step of plan.modes) await this.#step(step)
    if (!this.#isOver) await this.#setBases(plan)
    return this.#failed[0]
  }

  async #step({ path, run }: RewindStep): Promise<void> {
    if (this.#isOver) return
    try {
      const result = await run()
      if (result.type === 'fault') this.#failed.push({ path, why: result.message ?? 'It was refused.' })
    } catch (error) {
      // The sandbox went: nothing more can be written.
      this.#isOver = true
      this.#failed.push({ path, why: error instanceof Error ? error.message : String(error) })
    }
  }

  async #write({ path, content, mode, setsMode }: RewindPlan['files'][number]) {
    const bytes = this.#bytes(path, content)
    if (!bytes) return { type: 'fault', message: 'Its content is no longer there.' }
    const at = join(this.#files.root, path)
    const written = await this.#files.writeFile(at, bytes, { mode })
    return written.type === 'fault' || !setsMode ? written : await this.#files.setMode(at, mode)
  }

  #bytes(path: string, content: RewindContent): Buffer | undefined {
    return content === 'user' ? readUsers(this.#sides.user.root, path) : this.#store.contents.read(content.sha256)
  }

  async #setBases({ bases: wanted }: RewindPlan): Promise<void> {
    const { bases, user } = this.#sides
    const failed = new Set(this.#failed.map(({ path }) => path))
    for (const [path, base] of wanted) {
      if (failed.has(path)) continue
      if (base === 'user') {
        const reading = await user.read(path)
        bases.set(path, reading.state.type === 'folder' ? { type: 'absent' } : storeBase(bases, reading))
        continue
      }
      const bytes = base.type === 'file' && base.stored ? this.#store.contents.read(base.sha256) : undefined
      if (bytes) bases.put(bytes)
      bases.set(path, base.type === 'file' ? { ...base, stored: bytes !== undefined } : base)
    }
    bases.save()
  }
}

function readUsers(root: string, path: string): Buffer | undefined {
  try {
    const fd = inParent(root, path, openRegular)
    try {
      return fstatSync(fd).size <= maxBytes ? readFileSync(fd) : undefined
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES', 'EPERM')) return undefined
    throw error
  }
}

/** Paths at which the agent sees another file, link or nothing now, sorted. */
async function lookingOther({ user }: Sides, before: Look, after: Look): Promise<string[]> {
  const [old, now] = [byPath(before), byPath(after)]
  const other: string[] = []
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const shown = async () => (await user.read(path)).state
    const was = old.get(path)?.layer ?? (await shown())
    const is = now.get(path)?.layer ?? (await shown())
    if (!sameState(was, is)) other.push(path)
  }
  return other.sort()
}

/** Both ends of a rename apart. */
function byPath({ differences }: Look): Map<string, Difference> {
  return new Map([...differences.values()].flatMap((d) => (d.from ? [d, d.from] : [d])).map((d) => [d.path, d]))
}
