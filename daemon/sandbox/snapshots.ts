import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { diskLimitReached, sandboxUnavailable, snapshotExists, snapshotNotFound } from '#protocol/errors.ts'
import type { SandboxKind, Snapshot } from '#protocol/sandbox.ts'
import type { Environment } from './environment.ts'
import { copyTree, treeBytes } from './folderTree.ts'
import type { WorkspaceStore } from './workspaceStore.ts'

type EnvironmentOf = (kind: SandboxKind) => Environment | undefined

/** What a workspace's sandbox keeps on disk beside snapshots, in bytes. */
export interface EnvironmentBytes {
  readonly home: number
  readonly system: number
}

/**
 * Copies of a workspace's environment: its home, and what its kind keeps. Whoever calls sees to it that nothing inside runs.
 * Broken off at any point, snapshots are whole or not there, and a home is the old or the new one.
 */
export class Snapshots {
  readonly #store: WorkspaceStore
  readonly #environmentOf: EnvironmentOf
  readonly #counting = new Map<string, Promise<EnvironmentBytes>>()
  #putting = false

  constructor(store: WorkspaceStore, environmentOf: EnvironmentOf) {
    this.#store = store
    this.#environmentOf = environmentOf
  }

  /** One is being put in place. */
  get isPutting(): boolean {
    return this.#putting
  }

  /** Counted once for all who ask meanwhile. */
  bytes(kinds: Iterable<SandboxKind>): Promise<EnvironmentBytes> {
    const key = [...kinds].join()
    const counting = this.#counting.get(key) ?? this.#count(key.split(',') as SandboxKind[])
    this.#counting.set(key, counting)
    const forget = () => this.#counting.delete(key)
    counting.then(forget, forget)
    return counting
  }

  async #count(kinds: readonly SandboxKind[]): Promise<EnvironmentBytes> {
    const systems = kinds.map(async (kind) => {
      const store = this.#store.storeOf(kind)
      if (!existsSync(store)) return 0
      const environment = this.#environmentOf(kind)
      return environment ? environment.usage(store).catch(() => 0) : treeBytes(store)
    })
    const [home, ...parts] = await Promise.all([treeBytes(this.#store.home), ...systems])
    return { home, system: parts.reduce((sum, part) => sum + part, 0) }
  }

  /** `limit`: what all that is kept may take afterwards. */
  async take(name: string, kind: SandboxKind, limit: number): Promise<Snapshot> {
    const store = this.#store
    if (this.#find(name)) throw snapshotExists(store.folder, name)
    const { home, system } = await this.bytes([kind])
    const used = 2 * (home + system) + store.record.snapshots.reduce((sum, { bytes }) => sum + bytes, 0)
    if (used > limit) throw diskLimitReached(store.folder, used, limit)
    const id = randomBytes(8).toString('hex')
    const snapshot: Snapshot = { name, at: Date.now(), bytes: home + system, kind }
    try {
      await this.#copyInto(store.snapshot(id), kind)
      await store.patch({ snapshots: [...store.record.snapshots, { ...snapshot, id }] })
    } catch (error) {
      await this.#drop(store.snapshot(id), kind)
      throw failed(kind, `The snapshot ${name} could not be taken`, error)
    }
    return snapshot
  }

  async restore(name: string): Promise<void> {
    const { id, kind } = this.#get(name)
    await this.#putInPlace(this.#store.snapshot(id), kind, name)
  }

  async remove(name: string): Promise<void> {
    const { id, kind } = this.#get(name)
    const { snapshots } = this.#store.record
    await this.#store.patch({ snapshots: snapshots.filter((snapshot) => snapshot.id !== id) })
    await this.#drop(this.#store.snapshot(id), kind)
  }

  /** Gives `into`, which has nothing of its own, a copy of a snapshot or, without a name, of what is there now. */
  async copyTo(into: Snapshots, kind: SandboxKind, name?: string): Promise<SandboxKind> {
    if (name !== undefined) {
      const snapshot = this.#get(name)
      await into.#putInPlace(this.#store.snapshot(snapshot.id), snapshot.kind, name)
      return snapshot.kind
    }
    // Not in the record: removed as a leftover where this is broken off.
    const passing = this.#store.snapshot(randomBytes(8).toString('hex'))
    try {
      await this.#copyInto(passing, kind)
      await into.#putInPlace(passing, kind, 'of another workspace')
    } catch (error) {
      throw failed(kind, 'The copy could not be made', error)
    } finally {
      await this.#drop(passing, kind)
    }
    return kind
  }

  /** Removes all of them, and what they keep elsewhere. */
  async removeAll(): Promise<void> {
    for (const { name } of this.#store.record.snapshots) await this.remove(name)
  }

  async #copyInto(folder: string, kind: SandboxKind): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await copyTree(this.#store.home, join(folder, 'home'))
    const environment = this.#environmentOf(kind)
    if (!environment) return
    await mkdir(join(folder, 'system'), { mode: 0o700 })
    await environment.snapshot(this.#store.storeOf(kind), join(folder, 'system'))
  }

  async #putInPlace(from: string, kind: SandboxKind, name: string): Promise<void> {
    const store = this.#store
    const { home } = store
    const [fresh, old] = [`${home}.new`, `${home}.old`]
    this.#putting = true
    try {
      await mkdir(store.place, { recursive: true, mode: 0o700 })
      store.drop(fresh)
      await copyTree(join(from, 'home'), fresh)
      const environment = this.#environmentOf(kind)
      if (environment) {
        // From here to the end packages and home may not fit together: whoever breaks this off leaves word of it.
        await store.patch({ restoring: name })
        try {
          await environment.restore(store.storeOf(kind), join(from, 'system'))
        } catch (error) {
          await store.patch({ restoring: undefined })
          throw error
        }
      }
      if (existsSync(home)) await rename(home, old)
      await rename(fresh, home)
      store.drop(old)
      await store.patch({ restoring: undefined })
    } catch (error) {
      if (!existsSync(home) && existsSync(old)) await rename(old, home)
      store.drop(fresh)
      throw failed(kind, `The snapshot ${name} could not be put in place`, error)
    } finally {
      this.#putting = false
    }
  }

  async #drop(folder: string, kind: SandboxKind): Promise<void> {
    const system = join(folder, 'system')
    if (existsSync(system)) await this.#environmentOf(kind)?.forget(system)
    this.#store.drop(folder)
  }

  #find(name: string) {
    return this.#store.record.snapshots.find((snapshot) => snapshot.name === name)
  }

  #get(name: string) {
    const found = this.#find(name)
    if (!found) throw snapshotNotFound(this.#store.folder, name)
    return found
  }
}

function failed(kind: string, what: string, error: unknown): Error {
  const { name, message } = error as Error
  if (name === 'ProtocolError') return error as Error
  const fix = 'See that the disk has room, then try again. Everything is as it was.'
  return sandboxUnavailable(kind, `${what}: ${message}.`, fix)
}
