import { settingRefused } from '#protocol/errors.ts'
import type { NetworkRule } from '#protocol/network.ts'
import type { SandboxKind, SandboxSettings } from '#protocol/sandbox.ts'
import type { WorkspaceStore } from './workspaceStore.ts'

export interface SettingsParts {
  /** What holds where nothing is set. */
  readonly defaults: SandboxSettings
  /** Why nothing may run without a sandbox whatever a workspace's settings say; absent where that is for them to say. */
  readonly noneForbidden?: string | undefined
  /** Why a network rule could never be understood; undefined where it is well written. */
  readonly ruleFault: (rule: NetworkRule) => string | undefined
}

/** What the user set for one workspace. A change holds at once, and is on the disk when it settles. */
export class WorkspaceSettings {
  readonly #store: WorkspaceStore
  readonly #parts: SettingsParts
  readonly #kinds: ReadonlySet<SandboxKind>

  constructor(store: WorkspaceStore, parts: SettingsParts, kinds: Iterable<SandboxKind>) {
    this.#store = store
    this.#parts = parts
    // To be without one is for a session, never for a workspace.
    this.#kinds = new Set([...kinds].filter((kind) => kind !== 'none'))
  }

  get current(): SandboxSettings {
    const { defaults, noneForbidden } = this.#parts
    const settings = { ...defaults, ...(this.#store.record.settings as Partial<SandboxSettings>) }
    return noneForbidden === undefined ? settings : { ...settings, allowNone: false }
  }

  /** Why nothing may run without a sandbox, whatever is set. */
  get noneForbidden(): string | undefined {
    return this.#parts.noneForbidden
  }

  /** Throws `settingRefused`. An empty image is none. */
  async change(change: Partial<SandboxSettings>): Promise<void> {
    const { kind, image, secrets = [], ...others } = change
    const { noneForbidden } = this.#parts
    if (kind && !this.#kinds.has(kind)) {
      throw settingRefused('kind', `this machine has no ${kind} sandbox. It has: ${[...this.#kinds].join(', ')}.`)
    }
    if (change.allowNone && noneForbidden !== undefined) throw settingRefused('allowNone', noneForbidden)
    const fault = change.network?.rules.map(this.#parts.ruleFault).find((text) => text !== undefined)
    if (fault !== undefined) throw settingRefused('network', fault)
    const names = secrets.map(({ name }) => name)
    const twice = names.find((name, at) => names.indexOf(name) !== at)
    if (twice !== undefined) throw settingRefused('secrets', `two have the name ${twice}.`)
    const { image: before, ...kept } = this.#store.record.settings
    const chosen = image ?? before
    const settings = { ...kept, ...others, ...(kind && { kind }), ...(change.secrets && { secrets }) }
    await this.#store.patch({ settings: chosen ? { ...settings, image: chosen } : settings })
  }
}
