import type { Model } from '../agent/model.ts'
import type { Tool } from '../agent/tool.ts'
import type { LayerProvider } from '../layer/layer.ts'
import type { SandboxProvider } from '../sandbox/sandbox.ts'
import type { Store } from './store.ts'

/** What sessions are made of. main.ts hands it over; nothing here knows a concrete kind. */
export interface Parts {
  readonly store: Store
  readonly layers: LayerProvider
  readonly sandboxes: SandboxProvider
  readonly tools: readonly Tool[]
  /** The model that the next task runs on. Loads what it needs at the first call. */
  readonly model: () => Promise<Model>
  /** The user's home directory. */
  readonly userHome: string
  /** A workspace's persistent home directory on the host. */
  readonly homeOf: (folder: string) => string
  /** A private folder for a session's layer. */
  readonly layerStoreOf: (session: string) => string
  /** Trouble that no request can be answered with: for the daemon's log and for those who watch. */
  readonly trouble: (session: string, error: unknown) => void
}
