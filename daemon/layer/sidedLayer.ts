import { join } from 'node:path'
import type { Change, Content, DiscardResult, Hunk, KeepResult, Selection } from '#protocol/change.ts'
import type { RewindResult } from '#protocol/checkpoint.ts'
import { folderNotUsable } from '#protocol/errors.ts'
import type { Base } from './base.ts'
import { CheckpointStore } from './checkpointStore.ts'
import { changeOf, type Difference, shownBase } from './difference.ts'
import { forgetMergedFolders, type Look, lookAt } from './differences.ts'
import { discardChange } from './discard.ts'
import { diskUse } from './diskUse.ts'
import { contentState, type FileState, maxHeldBytes, sha256 } from './fileState.ts'
import { statFolder } from './folder.ts'
import { freshFiles } from './freshFiles.ts'
import { keepChange } from './keep.ts'
import { KeptRecord } from './keptRecord.ts'
import type { KeepOptions, Layer, LayerFiles, LayerMount } from './layer.ts'
import { isLayerPath } from './layerPath.ts'
import { LineCounts } from './lineCounts.ts'
import { Pace } from './pace.ts'
import { removeTree } from './removeTree.ts'
import { rewindLayer } from './rewind.ts'
import { Selected } from './selected.ts'
import { baseBytes, type Sides, textSides } from './sides.ts'
import { takeCheckpoint } from './takeCheckpoint.ts'
import { asText, maxTextBytes } from './text.ts'
import type { Skipped } from './upperWalk.ts'
import { UserFolder } from './userFolder.ts'

export interface SidedLayerParams {
  readonly mount: LayerMount
  readonly store: string
  readonly sides: Sides
  /** What `Layer.prune` says. */
  readonly prune: () => Promise<void>
  /** What the last mount of another process showed may have changes that have no base yet. */
  readonly isSeen: boolean
}

/**
 * A layer of any kind, over its sides. Where the user's folder is gone, it can still be opened and disposed of; whatever
 * needs the folder says that it is not usable.
 */
export class SidedLayer implements Layer {
  readonly folder: string
  readonly mount: LayerMount
  readonly #store: string
  readonly #sides: Sides
  readonly #prune: () => Promise<void>
  readonly #userFolder: UserFolder
  readonly #checkpoints: CheckpointStore
  readonly #lineCounts = new LineCounts()
  // Never a number that another layer, or this one before a restart, gave to another list.
  #revision = Date.now()
  #listed = fingerprint([], [])
  #look: Look | undefined
  /** What the last checkpoint could not hold. */
  #notHeld: readonly Skipped[] = []
  /** Nothing is mounted, and every change that there is has a base. */
  #isSeen: boolean
  #last: Promise<unknown> = Promise.resolve()

  constructor({ mount, store, sides, prune, isSeen }: SidedLayerParams) {
    this.folder = mount.lower
    this.mount = mount
    this.#store = store
    this.#sides = sides
    this.#prune = prune
    this.#isSeen = isSeen
    this.#checkpoints = new CheckpointStore(join(store, 'checkpoints'))
    this.#userFolder = new UserFolder(mount.lower, sides.bases)
    if (statFolder(mount.lower)) this.#userFolder.removeLeftovers()
  }

  get revision(): number {
    return this.#revision
  }

  get skipped(): Layer['skipped'] {
    return [...(this.#look?.skipped ?? []), ...this.#notHeld, ...this.#sides.view.leftOut]
  }

  changes(): Promise<Change[]> {
    return this.#overFolder(() => this.#list())
  }

  hunks(path: string): Promise<Hunk[]> {
    return this.#overFolder(async () => {
      const difference = (await this.#lookNow()).differences.get(path)
      const texts = difference && (await textSides(this.#sides, difference))
      return texts ? [...this.#sides.hunkNames.diff(path, texts.base, texts.layer).hunks] : []
    })
  }

  read(path: string, side: 'base' | 'layer' | 'user'): Promise<Content> {
    return this.#overFolder(async () => (isLayerPath(path) ? await this.#content(path, side) : { type: 'absent' }))
  }

  keep(selections: readonly Selection[] | 'all', options: KeepOptions = {}): Promise<KeepResult[]> {
    const { overwrite, consents = [], runsLater = () => undefined } = options
    return this.#overFolder(async () => {
      const { differences } = await this.#lookNow()
      const folder = this.#userFolder
      const sides = this.#sides
      // What goes makes room for what comes: a file where a folder was, and the other way round.
      const record = new KeptRecord(sides, this.#checkpoints)
      const results = await new Selected(selections, differences).each<KeepResult>(
        'goingFirst',
        async (difference, hunks) => {
          await record.before(difference)
          const result = await keepChange({
            sides,
            folder,
            difference,
            hunks,
            overwrite: overwrite?.path === difference.path ? overwrite.user : undefined,
            runsLater: runsLater(difference.path) ?? (difference.from && runsLater(difference.from.path)),
            consented: consents.find(({ path }) => path === difference.path)?.content,
          })
          if (result.type === 'kept') record.kept(difference)
          return result
        },
      )
      folder.finish()
      record.save()
      await this.#list()
      return results
    })
  }

  discard(selections: readonly Selection[] | 'all', files: LayerFiles): Promise<DiscardResult[]> {
    return this.#overFolder(async () => {
      const fresh = await freshFiles(files)
      const { differences } = await this.#lookNow()
      const sides = this.#sides
      const inUse = new Set(differences.keys())
      const isFolderInUse = (folder: string) => [...inUse].some((path) => path.startsWith(`${folder}/`))
      const results = await new Selected(selections, differences).each<DiscardResult>(
        'comingFirst',
        async (difference, hunks) => {
          const result = await discardChange({ sides, difference, hunks, files: fresh, isFolderInUse })
          if (result.type === 'discarded' && hunks === undefined) inUse.delete(difference.path)
          return result
        },
      )
      sides.bases.save()
      await this.#list()
      return results
    })
  }

  rememberBase(path: string, bytes: Uint8Array | null, mode: number): Promise<void> {
    return this.#overFolder(async () => {
      const { bases, user } = this.#sides
      if (!isLayerPath(path) || (bases.get(path) && !bases.isPending(path))) return
      if ((await user.read(path)).state.type === 'symlink') return
      // Where the layer already has its own, the agent sees its own work there; the base is what lies under it.
      if (!(await this.#sides.view.isUntouched(path))) return void (await this.#lookNow())
      const state: FileState = bytes ? contentState(bytes, mode) : { type: 'absent' }
      const stored = bytes !== null && bytes.length <= maxHeldBytes
      if (stored) bases.put(bytes)
      bases.set(path, state.type === 'file' ? { ...state, stored } : (state as Base), true)
      bases.save()
    })
  }

  mounted(at: number): void {
    this.#alone(async () => {
      // What was changed under an earlier mount is judged by that one.
      if (!this.#isSeen) forgetMergedFolders(this.#sides, await this.#lookNow())
      this.#isSeen = false
      this.#sides.bases.mountedAt = at
      this.#sides.bases.save()
    }).catch(() => {
      // Then bases go on being judged by the earlier mount: more of them are unknown, none is wrong.
    })
  }

  prune(): Promise<void> {
    return this.#overFolder(async () => {
      await this.#prune()
      this.#isSeen = true
      await this.#list()
    })
  }

  checkpoint(name: string): Promise<boolean> {
    return this.#overFolder(async () => {
      const taken = await takeCheckpoint(this.#sides, this.#checkpoints, name, () => this.#lookNow())
      this.#notHeld = taken.skipped
      return taken.isStored
    })
  }

  checkpoints(): readonly string[] {
    return this.#checkpoints.names()
  }

  rewind(name: string, files: LayerFiles): Promise<RewindResult> {
    return this.#overFolder(async () => {
      const look = () => this.#lookNow()
      const fresh = await freshFiles(files)
      const result = await rewindLayer({ sides: this.#sides, store: this.#checkpoints, name, files: fresh, look })
      await this.#list()
      return result
    })
  }

  size(): Promise<number> {
    return this.#alone(() => diskUse(this.#store))
  }

  dispose(): Promise<void> {
    return this.#alone(async () => removeTree(this.#store))
  }

  async #lookNow(): Promise<Look> {
    this.#look = await lookAt(this.#sides)
    return this.#look
  }

  async #list(): Promise<Change[]> {
    const { differences } = await this.#lookNow()
    const sorted = [...differences.values()]
    const changes: Change[] = []
    const pace = new Pace()
    for (const difference of sorted) {
      if (pace.isOver) await pace.rest()
      changes.push(changeOf(difference, await this.#lineCounts.of(this.#sides, difference)))
    }
    this.#sides.hunkNames.retain(differences)
    const listed = fingerprint(changes, sorted)
    if (listed !== this.#listed) this.#revision += 1
    this.#listed = listed
    return changes
  }

  async #content(path: string, side: 'base' | 'layer' | 'user'): Promise<Content> {
    const { user, view, bases } = this.#sides
    if (side === 'user') return contentOf(await user.read(path))
    if (side === 'layer') return contentOf(await (await view.shownIn(path)).read(path))
    const difference = this.#look?.differences.get(path)
    const from = difference?.from?.path ?? path
    const base = bases.get(from)
    if (!base || base.type === 'unknown') return contentOf(await user.read(from))
    if (base.type !== 'file') return contentOf({ state: base })
    const bytes = await baseBytes(this.#sides, from, base)
    return contentOf({ state: base, ...(bytes && { bytes }) })
  }

  /** As `alone`, where the user's folder is needed for it; it may go at any time. */
  #overFolder<T>(work: () => Promise<T>): Promise<T> {
    const gone = () => folderNotUsable(this.folder, 'It is no longer there.')
    return this.#alone(async () => {
      if (!statFolder(this.folder)) throw gone()
      try {
        return await work()
      } catch (error) {
        throw statFolder(this.folder) ? error : gone()
      }
    })
  }

  /** One after the other, in the order of the calls; one that fails fails alone. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}

function contentOf({ state, bytes }: { state: FileState | Base; bytes?: Uint8Array }): Content {
  if (state.type === 'symlink') return { type: 'symlink', target: state.target }
  if (state.type !== 'file') return { type: 'absent' }
  if (!bytes || bytes.length > maxTextBytes) return { type: 'tooLarge', size: state.size }
  const text = asText(bytes)
  return text === undefined ? { type: 'binary', size: state.size, sha256: state.sha256 } : { type: 'text', text }
}

/** Of the list, and of the contents: lists that look the same may still differ in those. */
function fingerprint(changes: readonly Change[], differences: readonly Difference[]): string {
  const contents = differences.map((difference) =>
    [difference.layer, shownBase(difference.from ?? difference)].map((state) =>
      state.type === 'file' ? state.sha256 : state,
    ),
  )
  return sha256(JSON.stringify([changes, contents]))
}
