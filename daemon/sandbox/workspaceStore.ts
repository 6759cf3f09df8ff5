import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { storeUnavailable } from '#protocol/errors.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import { removeTree } from './folderTree.ts'
import { newRecord, readRecord, type Unreadable, type WorkspaceRecord, writeRecord } from './workspaceRecord.ts'

/**
 * What the daemon keeps of one workspace's sandbox: its record, and the folders beside it. Leftovers of a daemon that was
 * killed are put right when it is made. One process at a time has it.
 */
export class WorkspaceStore {
  readonly folder: string
  /** Private, and named by nothing but the workspace's path. */
  readonly place: string
  readonly #report: (line: string) => void
  #record: WorkspaceRecord
  #unreadable: Unreadable | undefined
  #writing: Promise<void> = Promise.resolve()
  #removing: Promise<void> = Promise.resolve()

  constructor(place: string, folder: string, report: (line: string) => void) {
    this.place = place
    this.folder = folder
    this.#report = report
    this.#record = newRecord(folder)
    this.#recover()
  }

  get record(): WorkspaceRecord {
    return this.#record
  }

  /** Why the record cannot be read; it is then as for a new workspace, and nothing is written. */
  get unreadable(): Unreadable | undefined {
    return this.#unreadable
  }

  get home(): string {
    return join(this.place, 'home')
  }

  get identity(): string {
    return join(this.place, 'identity')
  }

  storeOf(kind: SandboxKind): string {
    return join(this.place, kind)
  }

  snapshot(id: string): string {
    return join(this.place, 'snapshots', id)
  }

  /** Takes effect at once, and is on the disk when this settles. Rejects with `storeUnavailable`, and all is as before. */
  async patch(change: Partial<WorkspaceRecord>): Promise<void> {
    const before = this.#record
    this.assume(change)
    const patched = this.#record
    try {
      await this.save()
    } catch (error) {
      if (this.#record === patched) this.#record = before
      throw error
    }
  }

  /** Takes effect at once and for this daemon; `save` makes it last. */
  assume(change: Partial<WorkspaceRecord>): void {
    this.#record = { ...this.#record, ...change }
  }

  save(): Promise<void> {
    const writing = this.#writing.then(async () => {
      if (this.#unreadable) throw storeUnavailable(this.#unreadable.why, this.#unreadable.fix)
      try {
        await mkdir(this.place, { recursive: true, mode: 0o700 })
        await writeRecord(this.#file, this.#record)
      } catch (error) {
        const why = `The sandbox of ${this.folder} could not be written down: ${(error as Error).message}.`
        throw storeUnavailable(why, `See that ${this.place} can be written and its disk has room.`)
      }
    })
    this.#writing = writing.catch(() => {})
    return writing
  }

  /** Reads the record again, as after somebody mended it. */
  reload(): void {
    this.#recover()
  }

  /** Begins a new record, and lays one that cannot be read aside. */
  async beginAnew(): Promise<void> {
    if (this.#unreadable) await rename(this.#file, `${this.#file}.damaged`)
    this.#unreadable = undefined
    this.#record = newRecord(this.folder)
  }

  /** Everything goes: what is left of it has no name that means anything. */
  async remove(): Promise<void> {
    await this.settled()
    if (existsSync(this.place)) {
      const gone = join(dirname(this.place), `.gone-${randomBytes(8).toString('hex')}`)
      await rename(this.place, gone)
      this.#removing = removeTree(gone).catch((error: unknown) => this.#report(`${gone}: ${String(error)}`))
    }
    this.#unreadable = undefined
    this.#record = newRecord(this.folder)
  }

  /** The name is free when this returns; what was there goes in the background. */
  drop(path: string): void {
    if (!existsSync(path)) return
    const trash = join(this.place, 'trash')
    mkdirSync(trash, { recursive: true, mode: 0o700 })
    renameSync(path, join(trash, randomBytes(8).toString('hex')))
    this.emptyTrash()
  }

  emptyTrash(): void {
    const trash = join(this.place, 'trash')
    if (!existsSync(trash)) return
    this.#removing = this.#removing
      .then(() => removeTree(trash))
      .catch((error: unknown) => this.#report(`${trash} could not be removed: ${String(error)}`))
  }

  /** Once all that is being written and removed is. */
  async settled(): Promise<void> {
    await this.#writing
    await this.#removing
  }

  get #file(): string {
    return join(this.place, 'sandbox.json')
  }

  #recover(): void {
    const read = readRecord(this.#file)
    this.#unreadable = read && 'type' in read ? read : undefined
    this.#record = read && !('type' in read) ? read : newRecord(this.folder)
    try {
      this.#putRight()
    } catch (error) {
      const why = `What an earlier daemon left in ${this.place} could not be put right: ${(error as Error).message}.`
      this.#unreadable ??= { type: 'unreadable', why, fix: `Make ${this.place} writable, then resume the sandbox.` }
    }
  }

  #putRight(): void {
    // A home is swapped by two renames: between them it has its old name only.
    const old = `${this.home}.old`
    if (existsSync(old) && !existsSync(this.home)) renameSync(old, this.home)
    for (const leftover of [old, `${this.home}.new`]) this.drop(leftover)
    if (this.#unreadable) return
    const known = new Set(this.#record.snapshots.map(({ id }) => id))
    const snapshots = join(this.place, 'snapshots')
    for (const name of existsSync(snapshots) ? readdirSync(snapshots) : []) {
      if (!known.has(name)) this.drop(this.snapshot(name))
    }
    this.emptyTrash()
  }
}
