import type { PayloadOf, ResultOf } from '#protocol/methods.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import type { MeantFolder } from './folderSandbox.ts'
import { Signal } from './signal.ts'

export type PolicySourceInfo = ResultOf<'policy/sources'>['sources'][number]

/** The files that say what is allowed in the folder that is meant, as the daemon last told. Never starts a daemon. */
export class FolderPolicy {
  readonly changed = new Signal()
  readonly #connection: DaemonConnection
  readonly #folder: () => MeantFolder | null
  #sources: readonly PolicySourceInfo[] = []
  #asking: Promise<void> | null = null
  #again = false

  constructor(connection: DaemonConnection, folder: () => MeantFolder | null) {
    this.#connection = connection
    this.#folder = folder
    connection.connected.on(() => void this.refresh())
    connection.notified.on(({ method, payload }) => {
      if (method !== 'policy/changed') return
      if (this.#folder()?.isAt((payload as PayloadOf<'policy/changed'>).folder)) void this.refresh()
    })
  }

  /** The strongest first; none where nobody could be asked. */
  get sources(): readonly PolicySourceInfo[] {
    return this.#sources
  }

  /** Asks anew; however often that is wanted meanwhile, once more afterwards. */
  refresh(): Promise<void> {
    this.#again = true
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #ask(): Promise<void> {
    while (this.#again) {
      this.#again = false
      const folder = this.#folder()
      if (!folder || this.#connection.state.type !== 'connected') return
      try {
        this.#sources = (await this.#connection.request('policy/sources', { folder: folder.path })).sources
      } catch {
        // The connection went meanwhile; the next one asks again.
        return
      }
      this.changed.emit()
    }
  }
}
