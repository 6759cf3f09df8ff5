import type { PayloadOf } from '#protocol/methods.ts'
import type { SandboxInfo } from '#protocol/sandbox.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { Signal } from './signal.ts'

/** The folder that is meant in this window. */
export interface MeantFolder {
  readonly path: string
  /** Whether a path, as the daemon spells it, is this folder. */
  isAt(path: string): boolean
}

type Disk = NonNullable<SandboxInfo['disk']>

/** The sandbox of the folder that is meant, as the daemon last told: asked once per connection, then kept by what it says. */
export class FolderSandbox {
  readonly changed = new Signal()
  readonly #connection: DaemonConnection
  readonly #folder: () => MeantFolder | null
  #info: SandboxInfo | null = null
  #isKnown = false
  #disk: Promise<Disk | null> | null = null

  constructor(connection: DaemonConnection, folder: () => MeantFolder | null) {
    this.#connection = connection
    this.#folder = folder
    connection.connected.on(() => void this.refresh())
    connection.changed.on(({ type }) => {
      if (type === 'idle' || type === 'failed') this.#forget()
    })
    connection.notified.on(({ method, payload }) => {
      if (method === 'sandbox/changed') this.#take((payload as PayloadOf<'sandbox/changed'>).sandbox)
    })
  }

  /** A daemon was asked and is still there. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  /** Null where the folder has none, or nobody could be asked. */
  get info(): SandboxInfo | null {
    return this.#info
  }

  /** Asks anew, also what lies on the disk when that is next looked at; never starts a daemon. */
  async refresh({ disk = true } = {}): Promise<void> {
    if (disk) this.#disk = null
    const folder = this.#folder()
    if (this.#connection.state.type !== 'connected') return
    try {
      const { sandboxes } = folder ? await this.#connection.request('sandbox/list', {}) : { sandboxes: [] }
      this.#info = sandboxes.find((one) => folder?.isAt(one.folder)) ?? null
      this.#isKnown = true
      this.changed.emit()
    } catch {
      // The connection went meanwhile; the next one asks again.
    }
  }

  /** What it takes on the disk, counted once until `forgetDisk`; null where that cannot be told. */
  disk(): Promise<Disk | null> {
    this.#disk ??= this.#count()
    return this.#disk
  }

  forgetDisk(): void {
    this.#disk = null
  }

  #forget(): void {
    if (!this.#isKnown) return
    this.#isKnown = false
    this.#info = null
    this.#disk = null
    this.changed.emit()
  }

  async #count(): Promise<Disk | null> {
    const folder = this.#folder()
    if (!folder || this.#connection.state.type !== 'connected') return null
    const answer = this.#connection.request('sandbox/inspect', { folder: folder.path })
    return answer.then(({ sandbox }) => sandbox.disk ?? null).catch(() => null)
  }

  #take(info: SandboxInfo): void {
    if (!this.#folder()?.isAt(info.folder)) return
    // One that is gone may have left settings and snapshots, or nothing at all: the list knows.
    if (info.state === 'absent') return void this.refresh()
    if (info.state !== this.#info?.state || info.snapshots.length !== this.#info.snapshots.length) this.#disk = null
    this.#info = info
    this.changed.emit()
  }
}
