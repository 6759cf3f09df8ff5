import { settingRefused } from '#protocol/errors.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import type { Layer, LayerFiles } from '../layer/layer.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { storing } from './storing.ts'

const idleMs = 10 * 60_000

/** As a sandbox of this kind; of the workspace's own where absent. */
type OpenOver = (layer: Layer['mount'], kind?: SandboxKind) => Promise<Sandbox>

/**
 * A session's sandbox: opened over its layer when first needed, kept while it is used, closed after ten idle minutes.
 * Opening brings in what the user changed meanwhile: what the layer has in common with the workspace is dropped first.
 */
export class SessionSandbox {
  readonly #layer: Layer
  readonly #openOver: OpenOver
  readonly #onChange: () => void
  #open: Promise<Sandbox> | undefined
  /** The one before is still being taken down: its layer is mounted until then. */
  #closing: Promise<void> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined
  #uses = 0
  /** Programs in the background, for as long as they run. */
  #held = 0
  #stale = false
  #refreshing: Promise<unknown> = Promise.resolve()

  constructor(layer: Layer, openOver: OpenOver, onChange: () => void) {
    this.#layer = layer
    this.#openOver = openOver
    this.#onChange = onChange
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  /** Runs `work` with the sandbox kept open for as long as it takes, however long that is idle. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#uses += 1
    clearTimeout(this.#idle)
    try {
      return await work()
    } finally {
      this.#uses -= 1
      this.#lookWhetherIdle()
    }
  }

  /** So many programs were left running in it: it stays open for them. */
  holdFor(programs: number): void {
    this.#held = programs
    clearTimeout(this.#idle)
    this.#lookWhetherIdle()
  }

  /**
   * The open sandbox, opened where none is; within `use`. Rejects with `sandboxUnavailable`; the next call tries again. Where
   * a `kind` is asked for and another is open, rejects with `settingRefused`: what runs inside is nobody's to end here.
   */
  get(kind?: SandboxKind): Promise<Sandbox> {
    if (this.#open) return kind === undefined ? this.#open : this.#open.then((sandbox) => ofKind(kind, sandbox))
    const opening = this.#openNow(kind)
    this.#open = opening
    this.#onChange()
    const forget = () => {
      if (this.#open === opening) this.#open = undefined
      this.#onChange()
    }
    opening.then((sandbox) => sandbox.closed.then(forget), forget)
    return opening
  }

  /** The user saved files: where they were replaced, an open sandbox still shows the old ones. */
  markStale(): void {
    this.#stale = this.#open !== undefined
  }

  /** Shows what the user saved meanwhile, where nothing inside is in the way of that; otherwise at the next call. */
  refresh(): Promise<void> {
    const refreshing = this.#refreshing.then(() => this.#refreshNow())
    this.#refreshing = refreshing.catch(() => {})
    return refreshing
  }

  /** Writes into the open sandbox for its layer; what the user's folder has is looked up anew also where nobody told of it. */
  layerFiles(sandbox: Sandbox): LayerFiles {
    const refresh = async () => {
      this.markStale()
      await this.refresh()
      return !this.#stale
    }
    return {
      root: sandbox.root,
      writeFile: (path, bytes, options) => sandbox.writeFile(path, bytes, options),
      remove: (path) => sandbox.remove(path),
      makeSymlink: (path, target) => sandbox.makeSymlink(path, target),
      setMode: (path, mode) => sandbox.setMode(path, mode),
      ...(sandbox.refresh && { refresh }),
    }
  }

  /** A sandbox that sees the user's folder as it is now; within `use`. While somebody else uses the open one, that one. */
  async renewed(): Promise<Sandbox> {
    if (this.#uses <= 1 && this.#held === 0) await this.close()
    else await this.refresh()
    return this.get()
  }

  /** Settles when it is gone. */
  close(): Promise<void> {
    clearTimeout(this.#idle)
    const open = this.#open
    this.#open = undefined
    if (!open) return this.#closing
    const end = open.then((sandbox) => sandbox.close()).catch(() => {})
    this.#closing = Promise.all([this.#closing, end]).then(() => this.#onChange())
    return this.#closing
  }

  async killAll(): Promise<void> {
    await this.#open?.then((sandbox) => sandbox.killAll()).catch(() => {})
  }

  async #refreshNow(): Promise<void> {
    if (!this.#stale || !this.#open) return
    const sandbox = await this.#open
    // What is saved from here on may come too late for it.
    this.#stale = false
    const done = await sandbox.refresh?.()
    if (done) this.#layer.mounted(sandbox.mountedAt)
    else this.markStale()
  }

  #lookWhetherIdle(): void {
    if (this.#uses > 0 || this.#held > 0 || !this.#open) return
    this.#idle = setTimeout(() => void this.close(), idleMs)
    this.#idle.unref()
  }

  async #openNow(kind: SandboxKind | undefined): Promise<Sandbox> {
    await this.#closing
    const sandbox = await storing(async () => {
      await this.#layer.prune()
      return this.#openOver(this.#layer.mount, kind)
    })
    this.#stale = false
    this.#layer.mounted(sandbox.mountedAt)
    return sandbox
  }
}

function ofKind(kind: SandboxKind, sandbox: Sandbox): Sandbox {
  if (sandbox.kind === kind) return sandbox
  throw settingRefused('kind', `a ${sandbox.kind} sandbox of this session is open. Use another session.`)
}
