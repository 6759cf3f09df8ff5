import { mkdir } from 'node:fs/promises'
import { ProtocolError, sandboxUnavailable } from '#protocol/errors.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import { writeIdentity } from './identity.ts'
import type { KnownSecrets } from './redaction.ts'
import type { OpenParams, Sandbox, SandboxProvider } from './sandbox.ts'
import { type BindSecrets, type ResolveSecret, readSecrets, writeSecrets } from './secrets.ts'
import { seedHome } from './seedHome.ts'
import type { WorkspaceSettings } from './workspaceSettings.ts'
import type { WorkspaceStore } from './workspaceStore.ts'

export interface OpeningParts {
  readonly kinds: ReadonlyMap<SandboxKind, SandboxProvider>
  /** Of Paddock, for programs inside to read. */
  readonly version: string
  readonly resolveSecret: ResolveSecret
  readonly bindSecrets: BindSecrets
  /** Learns the values that are read. */
  readonly known: KnownSecrets
}

export interface WorkspaceOpenParams extends Pick<OpenParams, 'layer' | 'network'> {
  /** Another kind than the workspace's, for this session alone. `none` where the settings allow it. */
  readonly kind?: SandboxKind | undefined
}

interface Opened {
  readonly sandbox: Sandbox
  /** For the environment of every command. */
  readonly variables: Readonly<Record<string, string>>
  /** What is in its memory may lie on the disk: no secret is among it. */
  readonly maySave: boolean
}

/** How a workspace's sandbox is made, and opened over one layer. Nothing falls back: what cannot be as it is set is refused. */
export class Openings {
  readonly #store: WorkspaceStore
  readonly #parts: OpeningParts
  readonly #settings: WorkspaceSettings
  /** What programs inside can read of it, as it was last written. */
  #identity = ''

  constructor(store: WorkspaceStore, parts: OpeningParts, settings: WorkspaceSettings) {
    this.#store = store
    this.#parts = parts
    this.#settings = settings
  }

  /** Throws `sandboxUnavailable`. */
  provider(kind: SandboxKind): SandboxProvider {
    const { current, noneForbidden } = this.#settings
    if (kind === 'none' && !current.allowNone) {
      const fix = 'Allow it in the workspace’s sandbox settings first.'
      throw sandboxUnavailable(kind, noneForbidden ?? 'Nothing may run without a sandbox here.', fix)
    }
    const provider = this.#parts.kinds.get(kind)
    if (provider) return provider
    const fix = 'Choose another kind in the sandbox settings.'
    throw sandboxUnavailable(kind, `There is no ${kind} sandbox on this machine.`, fix)
  }

  /** Rejects with a `ProtocolError`; what was opened is closed then. `isWanted` throws where it no longer is. */
  async open(params: WorkspaceOpenParams, isWanted: () => void): Promise<Opened> {
    const { layer, network } = params
    const settings = this.#settings.current
    const kind = params.kind ?? settings.kind
    const provider = this.provider(kind)
    if (!provider.layers.includes(layer.type)) {
      const status = await provider.probe()
      if (status.type === 'unavailable') throw sandboxUnavailable(kind, status.why, status.fix)
      const fix = 'Start a new session: its layer is made for the kind that is set.'
      throw sandboxUnavailable(kind, `This session's layer is of another type (${layer.type}).`, fix)
    }
    if (kind === 'none') {
      return { sandbox: await this.#openBare(provider, layer, isWanted), variables: {}, maySave: false }
    }
    const { resolveSecret: resolve, bindSecrets: bind, known } = this.#parts
    const secrets = await readSecrets({ kind, secrets: settings.secrets, network, resolve, bind, known })
    await this.make(kind)
    const sandbox = await provider.open(this.#openParams(kind, params))
    try {
      await writeSecrets(sandbox, secrets)
      await this.#seed(sandbox)
      isWanted()
    } catch (error) {
      await sandbox.close().catch(() => {})
      if (error instanceof ProtocolError) throw error
      throw sandboxUnavailable(kind, `It ended while it opened: ${(error as Error).message}.`, 'Open it again.')
    }
    const { files, standIns } = secrets
    return { sandbox, variables: standIns.variables, maySave: files.size === 0 }
  }

  /** Nothing of the workspace's own goes where no boundary is: no secret, no home, no way out that could be denied. */
  async #openBare(provider: SandboxProvider, layer: OpenParams['layer'], isWanted: () => void): Promise<Sandbox> {
    await this.make(this.#settings.current.kind)
    const sandbox = await provider.open(this.#openParams('none', { layer }))
    try {
      isWanted()
    } catch (error) {
      await sandbox.close().catch(() => {})
      throw error
    }
    return sandbox
  }

  /** Makes what is missing of it. */
  async make(kind: SandboxKind): Promise<void> {
    const store = this.#store
    await mkdir(store.home, { recursive: true, mode: 0o700 })
    const createdAt = store.record.createdAt ?? Date.now()
    const facts = { folder: store.folder, kind, createdAt, version: this.#parts.version }
    const identity = JSON.stringify(facts)
    if (this.#identity !== identity) await writeIdentity(store.identity, facts)
    this.#identity = identity
    const usedAt = Date.now()
    if (store.record.state === 'absent') return store.patch({ state: 'ready', createdAt, usedAt })
    store.assume({ usedAt })
    // Nobody waits for a date.
    void store.save().catch(() => {})
  }

  /** All that was made is gone. */
  forget(): void {
    this.#identity = ''
  }

  #openParams(kind: SandboxKind, { layer, network }: WorkspaceOpenParams): OpenParams {
    const { limits, image } = this.#settings.current
    const { home, identity } = this.#store
    const params = { layer, home, store: this.#store.storeOf(kind), identity, limits }
    return { ...params, ...(network ? { network } : {}), ...(image ? { image } : {}) }
  }

  async #seed(sandbox: Sandbox): Promise<void> {
    if (this.#store.record.seeded) return
    await seedHome(sandbox)
    await this.#store.patch({ seeded: true })
  }
}
