import { existsSync } from 'node:fs'
import { sandboxExists, sandboxUnavailable, sessionBusy } from '#protocol/errors.ts'
import type { NetworkPolicy } from '#protocol/network.ts'
import type { SandboxInfo, SandboxKind, SandboxSettings, SandboxStatus, Snapshot } from '#protocol/sandbox.ts'
import { awakeSandbox } from './awakeSandbox.ts'
import { lossOf } from './loss.ts'
import { type OpeningParts, Openings, type WorkspaceOpenParams } from './openings.ts'
import { OpenSandboxes } from './openSandboxes.ts'
import { type PolicyRule, policyText } from './policyText.ts'
import type { Sandbox } from './sandbox.ts'
import { Snapshots } from './snapshots.ts'
import { Turns } from './turns.ts'
import type { WorkspaceRecord } from './workspaceRecord.ts'
import { type SettingsParts, WorkspaceSettings } from './workspaceSettings.ts'
import type { WorkspaceStore } from './workspaceStore.ts'

/** What every workspace's sandbox shares. */
export interface WorkspaceSandboxParts extends SettingsParts, OpeningParts {
  readonly retention: Retention
  /** By which an agent's actions are decided, in the order they are tried. */
  readonly policyRules: readonly PolicyRule[]
  /** Sessions over this folder with a task that runs. */
  readonly busySessions: (folder: string) => readonly string[]
  /** What the layers of this folder's sessions take, in bytes. */
  readonly layerBytes: (folder: string) => Promise<number>
}

/** When to say that a sandbox is unused, and how much of the disk one may take. Nothing is deleted for either. */
interface Retention {
  readonly unusedDays: number
  readonly diskMiB: number
}

const dayMs = 24 * 60 * 60_000

/**
 * The computer of one workspace: what is installed in it and its home stay, whatever sessions come and go. Transitions
 * happen one after the other and wait for what is opening; `quarantine` waits for nothing. Everything here throws
 * `ProtocolError`s only.
 */
export class WorkspaceSandbox {
  readonly #store: WorkspaceStore
  readonly #parts: WorkspaceSandboxParts
  readonly #onChange: () => void
  readonly #open: OpenSandboxes
  readonly #snapshots: Snapshots
  readonly #settings: WorkspaceSettings
  readonly #openings: Openings
  readonly #turns = new Turns()
  /** What began to open before the last of these must not be used. */
  #endings = 0
  #copying = false

  constructor(store: WorkspaceStore, parts: WorkspaceSandboxParts, onChange: () => void) {
    this.#store = store
    this.#parts = parts
    this.#onChange = onChange
    this.#open = new OpenSandboxes(onChange)
    this.#settings = new WorkspaceSettings(store, parts, parts.kinds.keys())
    this.#openings = new Openings(store, parts, this.#settings)
    this.#snapshots = new Snapshots(store, (kind) => parts.kinds.get(kind)?.environment)
  }

  get folder(): string {
    return this.#store.folder
  }

  get settings(): SandboxSettings {
    return this.#settings.current
  }

  /** The network rules as they are now. */
  get policy(): NetworkPolicy {
    return this.settings.network
  }

  /** Throws `sandboxUnavailable` where no session may be of this kind. */
  refuseUnlessAllowed(kind: SandboxKind): void {
    this.#openings.provider(kind)
  }

  get usedAt(): number {
    return this.#store.record.usedAt ?? 0
  }

  /** There is something of it: made, or set. */
  get exists(): boolean {
    const { state, settings, snapshots } = this.#store.record
    const kept = state !== 'absent' || Object.keys(settings).length > 0 || snapshots.length > 0
    return kept || this.#store.unreadable !== undefined
  }

  /** Opens it over a session's layer: made if it is absent, resumed if it is suspended. */
  async open(session: string, params: WorkspaceOpenParams): Promise<Sandbox> {
    await this.awake()
    const endings = this.#endings
    return this.#turns.share(async () => {
      this.#refuseUnlessUsable()
      const { sandbox, ...brought } = await this.#openings.open(params, () => {
        if (this.#endings !== endings) this.#refuseUnlessUsable('It was taken away while it opened.')
      })
      this.#open.add(session, sandbox, brought)
      return awakeSandbox(sandbox, this, { ...brought, redaction: this.#parts.known })
    })
  }

  /** What is open does not answer at the moment: it is suspended, or being copied. */
  get isHeld(): boolean {
    return this.#store.record.state === 'suspended' || this.#copying
  }

  /** Where it is suspended, it goes on. Rejects with `sandboxUnavailable`. */
  async awake(): Promise<void> {
    this.#refuseUnlessUsable()
    if (this.#store.record.state === 'suspended') await this.resume()
    else if (this.#copying) await this.#turns.share(async () => {})
  }

  /** Makes it where it is absent; nothing is started. */
  async ensure(): Promise<void> {
    await this.awake()
    const { kind } = this.settings
    const provider = this.#openings.provider(kind)
    const store = this.#store.storeOf(kind)
    const status = await provider.probe(store)
    if (status.type === 'unavailable') throw sandboxUnavailable(kind, status.why, status.fix)
    await this.#turns.share(async () => {
      await this.#openings.make(kind)
      await provider.runners?.settle(store)
    })
    this.#onChange()
  }

  async probe(kind: SandboxKind = this.settings.kind): Promise<SandboxStatus> {
    const provider = this.#parts.kinds.get(kind)
    if (provider) return provider.probe(this.#store.storeOf(kind))
    const fix = 'Choose another kind in the sandbox settings.'
    return { type: 'unavailable', kind, why: `There is no ${kind} sandbox on this machine.`, fix }
  }

  /** Takes effect when a sandbox is next opened; network rules at once. Throws `settingRefused`. */
  async configure(change: Partial<SandboxSettings>): Promise<void> {
    await this.#settings.change(change)
    this.#onChange()
  }

  suspend(): Promise<void> {
    return this.#turns.alone(async () => {
      if (this.#store.record.state !== 'ready') return
      this.#refuseWhenBusy()
      // First, so that nobody talks to one that no longer answers.
      await this.#become('ready', { state: 'suspended' })
      await this.#open.freeze()
      await this.#become('suspended', { memory: await this.#open.saveMemory() })
    })
  }

  /** From any state but absent, to ready. Rejects where it cannot be so. */
  resume(): Promise<void> {
    return this.#turns.alone(async () => {
      if (this.#store.unreadable) this.#store.reload()
      if (this.#whyFailed) this.#refuseUnlessUsable()
      const { state } = this.#store.record
      if (state === 'absent' || state === 'ready') return
      await this.#open.thaw()
      await this.#become(state, { state: 'ready', why: undefined, memory: undefined })
    })
  }

  /** Everything inside ends now; nothing starts until `resume`. Files stay. */
  async quarantine(why: string): Promise<void> {
    this.#endings += 1
    this.#store.assume({
      state: 'quarantined',
      why,
      memory: undefined,
      createdAt: this.#store.record.createdAt ?? Date.now(),
    })
    this.#onChange()
    await this.#open.close()
    for (const [kind, { environment }] of this.#parts.kinds) {
      await environment?.forgetMemory?.(this.#store.storeOf(kind)).catch(() => {})
    }
    await this.#store.save()
  }

  snapshot(name: string): Promise<Snapshot> {
    return this.#quiet(async () => {
      const snapshot = await this.#snapshots.take(name, this.settings.kind, this.#diskLimit)
      this.#onChange()
      return snapshot
    })
  }

  restore(name: string): Promise<void> {
    return this.#turns.alone(async () => {
      this.#refuseWhenUnreadable()
      this.#refuseWhenBusy()
      await this.#open.close()
      await this.#snapshots.restore(name)
      const { state } = this.#store.record
      if (state === 'absent' || state === 'suspended')
        await this.#store.patch({ state: 'ready', memory: undefined, createdAt: Date.now() })
      this.#onChange()
    })
  }

  deleteSnapshot(name: string): Promise<void> {
    return this.#turns.alone(async () => {
      this.#refuseWhenUnreadable()
      await this.#snapshots.remove(name)
      this.#onChange()
    })
  }

  /** Rules and secrets are not taken along: they were granted to this workspace. */
  fork(into: WorkspaceSandbox, snapshot?: string): Promise<void> {
    const copy = async () => {
      if (into === this || into.exists || existsSync(into.#store.home)) throw sandboxExists(into.folder)
      const kind = await this.#snapshots.copyTo(into.#snapshots, this.settings.kind, snapshot)
      const { image, limits } = this.#store.record.settings
      const settings = {
        ...(kind === 'none' ? {} : { kind }),
        ...(image ? { image } : {}),
        ...(limits ? { limits } : {}),
      }
      await into.#patch({ settings, state: 'ready', createdAt: Date.now() })
    }
    if (into === this) return copy()
    // Two that fork into each other must not wait for each other.
    const mine = () => this.#quiet(() => copy())
    return this.folder < into.folder ? this.#quiet(() => into.#turns.alone(copy)) : into.#turns.alone(mine)
  }

  /** What `reset` or `dispose` would take away, for the person who is asked. */
  async loss(what: 'reset' | 'dispose'): Promise<string[]> {
    const bytes = await this.#snapshots.bytes(this.#parts.kinds.keys())
    return lossOf(what, {
      record: this.#store.record,
      unreadable: this.#store.unreadable,
      bytes,
      open: this.#open.size,
    })
  }

  /** Home and packages go; settings and snapshots stay, where they can be read. */
  reset(): Promise<void> {
    return this.#end(async () => {
      if (this.#store.unreadable) await this.#store.beginAnew()
      await this.#dropEnvironment()
      const gone = { createdAt: undefined, usedAt: undefined, why: undefined, restoring: undefined, memory: undefined }
      await this.#patch({ ...gone, state: 'absent', seeded: false })
    })
  }

  /** All of it goes. */
  dispose(): Promise<void> {
    return this.#end(async () => {
      await this.#snapshots.removeAll()
      await this.#dropEnvironment()
      await this.#store.remove()
      this.#onChange()
    })
  }

  /** `withDisk` counts what lies on the disk, which takes a moment where that is much. */
  async info({ withDisk }: { withDisk: boolean }): Promise<SandboxInfo> {
    const { record } = this.#store
    const failure = this.#whyFailed
    const info: SandboxInfo = {
      folder: this.folder,
      state: failure ? 'failed' : record.state,
      settings: this.settings,
      open: await this.#open.describe(),
      diskLimit: this.#diskLimit,
      snapshots: record.snapshots.map(({ name, at, bytes, kind }) => ({ name, at, bytes, kind })),
    }
    if (failure) Object.assign(info, failure)
    else if (record.state === 'quarantined') Object.assign(info, { why: record.why, fix: resumeFix })
    const { kind } = info.settings
    const runner = this.#parts.kinds.get(kind)?.runners?.of(this.#store.storeOf(kind))
    if (runner) info.runner = runner
    // What was held went with the daemon that held it.
    if (record.memory && (record.memory === 'saved' || this.#open.size > 0)) info.memory = record.memory
    if (record.createdAt !== undefined) info.createdAt = record.createdAt
    if (record.usedAt !== undefined) info.usedAt = record.usedAt
    const unusedDays = Math.floor((Date.now() - (record.usedAt ?? Date.now())) / dayMs)
    if (unusedDays >= this.#parts.retention.unusedDays) info.unusedDays = unusedDays
    if (withDisk) {
      const snapshots = record.snapshots.reduce((sum, { bytes }) => sum + bytes, 0)
      const layers = await this.#parts.layerBytes(this.folder)
      info.disk = { ...(await this.#snapshots.bytes(this.#parts.kinds.keys())), layers, snapshots }
    }
    return info
  }

  /** What holds here, for a person to read. */
  async policyText(): Promise<string> {
    return policyText(await this.info({ withDisk: false }), this.#parts.policyRules)
  }

  /** Something was done inside: its ports may be others now. Whoever listens is told. */
  look(): void {
    this.#onChange()
  }

  /** Once all that is being written and removed is. */
  settled(): Promise<void> {
    return this.#turns.alone(() => this.#store.settled())
  }

  get #diskLimit(): number {
    return this.#parts.retention.diskMiB * 2 ** 20
  }

  get #whyFailed(): { why: string; fix: string } | undefined {
    const { unreadable, record } = this.#store
    if (unreadable) return { why: unreadable.why, fix: unreadable.fix }
    if (record.restoring === undefined || this.#snapshots.isPutting) return undefined
    const why = `Putting the snapshot ${record.restoring} in place was broken off: packages and home may not fit together.`
    return { why, fix: 'Restore a snapshot, or reset the sandbox.' }
  }

  #refuseUnlessUsable(otherwise?: string): void {
    const { kind } = this.settings
    const failure = this.#whyFailed
    if (failure) throw sandboxUnavailable(kind, failure.why, failure.fix)
    const { state, why } = this.#store.record
    if (state === 'quarantined') throw sandboxUnavailable(kind, `It is quarantined: ${why ?? ''}`, resumeFix)
    if (otherwise) throw sandboxUnavailable(kind, otherwise, 'Open it again.')
  }

  #refuseWhenUnreadable(): void {
    const { unreadable } = this.#store
    if (unreadable) throw sandboxUnavailable(this.settings.kind, unreadable.why, unreadable.fix)
  }

  #refuseWhenBusy(): void {
    const [busy] = this.#parts.busySessions(this.folder)
    if (busy !== undefined) throw sessionBusy(busy)
  }

  /** Alone, and with everything inside held still. */
  #quiet<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.alone(async () => {
      this.#refuseWhenUnreadable()
      const { state } = this.#store.record
      if (!existsSync(this.#store.home)) {
        throw sandboxUnavailable(this.settings.kind, 'This workspace has no sandbox yet.', 'Open it first.')
      }
      this.#refuseWhenBusy()
      this.#copying = true
      try {
        await this.#open.freeze()
        return await work()
      } finally {
        if (state === 'ready') await this.#open.thaw()
        this.#copying = false
      }
    })
  }

  async #end(work: () => Promise<void>): Promise<void> {
    this.#refuseWhenBusy()
    this.#endings += 1
    return this.#turns.alone(async () => {
      this.#refuseWhenBusy()
      await this.#open.close()
      await work()
      this.#openings.forget()
    })
  }

  async #dropEnvironment(): Promise<void> {
    for (const [kind, { environment }] of this.#parts.kinds) {
      const store = this.#store.storeOf(kind)
      if (!existsSync(store)) continue
      await environment?.dispose(store)
      this.#store.drop(store)
    }
    this.#store.drop(this.#store.home)
  }

  /** Unless somebody put it in quarantine meanwhile. */
  async #become(from: WorkspaceRecord['state'], change: Partial<WorkspaceRecord>): Promise<void> {
    if (this.#store.record.state === from) await this.#patch(change)
  }

  async #patch(change: Partial<WorkspaceRecord>): Promise<void> {
    await this.#store.patch(change)
    this.#onChange()
  }
}

const resumeFix = 'Look at what happened, then resume the sandbox.'
