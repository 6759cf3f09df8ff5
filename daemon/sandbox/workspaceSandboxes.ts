import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { folderNotUsable } from '#protocol/errors.ts'
import type { SandboxInfo } from '#protocol/sandbox.ts'
import { removeTree } from './folderTree.ts'
import { WorkspaceSandbox, type WorkspaceSandboxParts } from './workspaceSandbox.ts'
import { WorkspaceStore } from './workspaceStore.ts'

export interface WorkspaceSandboxesParams extends WorkspaceSandboxParts {
  /** The daemon's own; each workspace has a folder below `workspaces` in it. */
  readonly dataFolder: string
  readonly report: (line: string) => void
  readonly provideSecrets: (secrets: Readonly<Record<string, string | null>>) => void
}

const changesEveryMs = 100

/** The sandbox of every workspace: one object for each, whatever its state. */
export class WorkspaceSandboxes {
  readonly #params: WorkspaceSandboxesParams
  readonly #place: string
  readonly #known = new Map<string, WorkspaceSandbox>()
  readonly #listeners = new Set<(info: SandboxInfo) => void>()
  readonly #timers = new Map<string, NodeJS.Timeout>()

  constructor(params: WorkspaceSandboxesParams) {
    this.#params = params
    this.#place = join(params.dataFolder, 'workspaces')
    mkdirSync(this.#place, { recursive: true, mode: 0o700 })
    // Disposals that the last daemon did not bring to their end.
    for (const name of readdirSync(this.#place)) {
      if (name.startsWith('.gone-')) void removeTree(join(this.#place, name)).catch(() => {})
    }
  }

  /** `folder` must be its real path. */
  of(folder: string): WorkspaceSandbox {
    const known = this.#known.get(folder)
    if (known) return known
    const store = new WorkspaceStore(join(this.#place, hashOf(folder)), folder, this.#params.report)
    const sandbox: WorkspaceSandbox = new WorkspaceSandbox(store, this.#params, () => this.#changed(sandbox))
    this.#known.set(folder, sandbox)
    return sandbox
  }

  /** By whatever path it is called; also where the folder is gone and its sandbox is not. Rejects with `folderNotUsable`. */
  async at(folder: string): Promise<WorkspaceSandbox> {
    if (!isAbsolute(folder)) throw folderNotUsable(folder, 'Give an absolute path.')
    const real = await realpath(folder).catch(() => undefined)
    if (real) return this.of(real)
    if (!existsSync(join(this.#place, hashOf(folder)))) throw folderNotUsable(folder, 'There is no such folder.')
    return this.of(folder)
  }

  /** Every workspace's that has one, the most recently used first. */
  list(): WorkspaceSandbox[] {
    for (const name of readdirSync(this.#place)) {
      const folder = this.#folderOf(join(this.#place, name))
      if (folder !== undefined && hashOf(folder) === name) this.of(folder)
    }
    return [...this.#known.values()].filter(({ exists }) => exists).toSorted((a, b) => b.usedAt - a.usedAt)
  }

  /** Values of secrets that an editor keeps; null takes one back. */
  provideSecrets(secrets: Readonly<Record<string, string | null>>): void {
    this.#params.provideSecrets(secrets)
  }

  /** Told when state, settings or open sandboxes of a workspace changed, at most ten times a second each. */
  listen(listener: (info: SandboxInfo) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** What daemons that were killed left running or lying about goes. */
  async cleanUp(): Promise<void> {
    for (const kind of this.#params.kinds.values()) await kind.cleanUp?.()
  }

  /** To be called before the daemon goes, after sessions were stopped. */
  async stop(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await Promise.all([...this.#known.values()].map((sandbox) => sandbox.settled()))
  }

  #changed(sandbox: WorkspaceSandbox): void {
    const { folder } = sandbox
    if (this.#listeners.size === 0 || this.#timers.has(folder)) return
    const tell = async () => {
      this.#timers.delete(folder)
      const info = await sandbox.info({ withDisk: false })
      for (const listener of this.#listeners) listener(info)
    }
    this.#timers.set(
      folder,
      setTimeout(() => void tell(), changesEveryMs),
    )
  }

  /** The record names it, and where that is damaged, what programs inside read. */
  #folderOf(place: string): string | undefined {
    for (const file of ['sandbox.json', 'identity/workspace.json']) {
      try {
        const { folder } = JSON.parse(readFileSync(join(place, file), 'utf8')) as { folder?: unknown }
        if (typeof folder === 'string') return folder
      } catch {
        // The next one may say.
      }
    }
    return undefined
  }
}

/** The folder that a workspace's sandbox is kept in, by name. */
function hashOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 16)
}
