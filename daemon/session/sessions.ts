import { lstat, realpath } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { Approval, Outcome } from '#protocol/approval.ts'
import { approvalNotFound, folderNotUsable, ProtocolError, sessionBusy, sessionNotFound } from '#protocol/errors.ts'
import type { Mode } from '#protocol/policy.ts'
import type { SessionSummary } from '#protocol/session.ts'
import { isLive } from '#protocol/sessionState.ts'
import { answerRefused, sessionDeleted } from './audit/apartFromEvents.ts'
import { FolderTurns } from './folderTurns.ts'
import { SessionLog } from './log.ts'
import { newId } from './newId.ts'
import type { Parts } from './parts.ts'
import { Session } from './session.ts'
import { summaryOf } from './store.ts'

/** What concerns everybody, whether they watch a session or not. */
export interface SessionsListener {
  summaryChanged(summary: SessionSummary): void
  approvalsChanged(approvals: Approval[]): void
  deleted(session: string): void
  trouble(session: string, message: string): void
}

interface SessionOptions {
  readonly title?: string | undefined
  readonly sandbox?: 'none' | undefined
  readonly mode?: Mode | undefined
}

const summaryEveryMs = 100
/** Beyond so many, sessions that nobody watches and where nothing is at work are dropped from memory. */
const keptLoaded = 32
/** Whoever asked for a session has had the time to use it. */
const unusedMs = 60_000

/** All sessions of this user: loaded when first asked for, kept in memory while anything of them is at work. */
export class Sessions {
  readonly #parts: Parts
  readonly #loaded = new Map<string, Promise<Session>>()
  readonly #ready = new Map<string, Session>()
  readonly #askedFor = new Map<string, number>()
  readonly #listeners = new Set<SessionsListener>()
  readonly #summaryTimers = new Map<string, NodeJS.Timeout>()
  #recovered: Promise<void> = Promise.resolve()
  /** Called whenever a task or a sandbox starts or ends: the daemon may have become idle. */
  onActivity: () => void = () => {}

  constructor(parts: Omit<Parts, 'trouble' | 'keeps'>, report: (line: string) => void) {
    const trouble = (session: string, error: unknown) => {
      const message = parts.redaction.text(error instanceof Error ? error.message : String(error))
      report(`session ${session}: ${error instanceof ProtocolError ? message : ((error as Error)?.stack ?? message)}`)
      for (const listener of this.#listeners) listener.trouble(session, message)
    }
    this.#parts = { ...parts, trouble, keeps: new FolderTurns() }
  }

  /** Loads the sessions that a crash or an exit left with live tasks. */
  recover(): Promise<void> {
    const load = async (id: string) => {
      await this.get(id).catch((error: unknown) => this.#parts.trouble(id, error))
    }
    this.#recovered = Promise.all(this.#parts.store.live().map(load)).then(() => {})
    return this.#recovered
  }

  listen(listener: SessionsListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Without a sandbox where that is asked for; rejects with `sandboxUnavailable` where that may not be. */
  async create(folder: string, options: SessionOptions = {}, by = ''): Promise<SessionSummary> {
    const { title = '', sandbox, mode } = options
    const real = await usableFolder(folder)
    if (sandbox) this.#parts.sandboxOf(real).refuseUnlessAllowed(sandbox)
    const log = new SessionLog(this.#parts.store, newId('s'), undefined, this.#parts.redaction)
    const created = {
      type: 'sessionCreated',
      folder: real,
      title,
      ...(sandbox && { sandbox }),
      ...(by && { by }),
    } as const
    const begins = mode ?? (await this.#parts.judgeOf(real)).mode
    const said = begins && ({ type: 'modeChanged', mode: begins, by: mode ? by : 'policy' } as const)
    log.append(created, ...(said ? [said] : []))
    await this.#adopt(log)
    return summaryOf(log.state)
  }

  get(id: string): Promise<Session> {
    this.#askedFor.set(id, Date.now())
    const loaded = this.#loaded.get(id)
    if (loaded) return loaded
    const state = this.#parts.store.load(id)
    if (!state) {
      this.#askedFor.delete(id)
      return Promise.reject(sessionNotFound(id))
    }
    return this.#adopt(new SessionLog(this.#parts.store, id, state, this.#parts.redaction))
  }

  /** Newest first; of one folder, by whatever path it is called. */
  async list(folder?: string): Promise<SessionSummary[]> {
    return this.#parts.store.list(folder && (await realpath(folder).catch(() => folder)))
  }

  /** A model was chosen: what an earlier daemon left in its queues goes on. */
  async goOn(): Promise<void> {
    await this.#recovered
    for (const session of this.#ready.values()) session.tasks.goOn()
  }

  /** Its log goes; what the audit says of it stays. */
  async delete(id: string, by: string): Promise<void> {
    const session = await this.get(id)
    const live = session.log.state.tasks.find(isLive)
    if (live) throw sessionBusy(id)
    try {
      await session.stop()
      await session.layer.dispose()
      this.#parts.store.delete(id, sessionDeleted(session.log.state, by))
    } finally {
      // Where that failed it is loaded anew, and can be deleted again.
      this.#forget(id)
    }
    for (const listener of this.#listeners) listener.deleted(id)
  }

  /** What waits for an answer, once what was left by an earlier daemon is loaded. */
  async approvals(): Promise<Approval[]> {
    await this.#recovered
    return this.#pending()
  }

  async answer(approval: string, outcome: Outcome, by: string): Promise<void> {
    await this.#recovered
    const session = [...this.#ready.values()].find(({ gate }) => gate.has(approval))
    try {
      if (!session) throw approvalNotFound(approval)
      await session.answer(approval, outcome, by)
    } catch (error) {
      if (error instanceof ProtocolError) this.#recordRefusal(session, { approval, outcome, by, why: error.message })
      throw error
    }
  }

  /** The user saved files in this folder, by whatever path it is called. */
  async userSaved(folder: string): Promise<void> {
    const real = await realpath(folder).catch(() => folder)
    for (const session of this.#ready.values()) if (session.layer.folder === real) session.userSaved()
  }

  /** The rules or settings of this folder, which must be its real path, changed: what waits for an answer is decided anew. */
  rulesChanged(folder: string): void {
    for (const session of this.#ready.values()) if (session.layer.folder === folder) session.reconsider()
  }

  /** Those with an open sandbox or a live task over this folder, which must be its real path. */
  atWorkOn(folder: string): Session[] {
    return [...this.#ready.values()].filter(({ layer, atRest }) => layer.folder === folder && !atRest)
  }

  get runningTasks(): number {
    return [...this.#ready.values()].filter(({ runningTask }) => runningTask !== undefined).length
  }

  get openSandboxes(): number {
    return [...this.#ready.values()].filter(({ sandboxOpen }) => sandboxOpen).length
  }

  get loaded(): number {
    return this.#ready.size
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#ready.values()].map((session) => session.stop()))
    for (const timer of this.#summaryTimers.values()) clearTimeout(timer)
  }

  #recordRefusal(
    session: Session | undefined,
    refused: { approval: string; outcome: Outcome; by: string; why: string },
  ) {
    try {
      const asked = session?.gate.asked(refused.approval)
      this.#parts.store.audit.record(answerRefused({ ...refused, asked, folder: session?.layer.folder }))
    } catch (error) {
      this.#parts.trouble(session?.id ?? '', error)
    }
  }

  #adopt(log: SessionLog): Promise<Session> {
    const opening = this.#open(log)
    this.#loaded.set(log.id, opening)
    opening.catch(() => this.#forget(log.id))
    return opening
  }

  async #open(log: SessionLog): Promise<Session> {
    const { folder, unsandboxed = false } = log.state
    const [layer, judge] = await Promise.all([
      this.#parts.layers({ unsandboxed }).open({ folder, store: this.#parts.layerStoreOf(log.id) }),
      this.#parts.judgeOf(folder),
    ])
    const session = new Session(this.#parts, { log, layer, judge, onActivity: () => this.onActivity() })
    this.#ready.set(log.id, session)
    let { approvals } = log.state
    log.watch({
      onEvents: () => {
        this.#summarise(session)
        this.onActivity()
        if (log.state.approvals === approvals) return
        approvals = log.state.approvals
        this.#tellApprovals()
      },
      onLive: () => {},
    })
    if (approvals.length > 0) this.#tellApprovals()
    this.#summarise(session)
    try {
      session.recover()
    } catch (error) {
      this.#parts.trouble(log.id, error)
    }
    this.#unload(session)
    return session
  }

  #unload(newest: Session): void {
    let surplus = this.#ready.size - keptLoaded
    for (const session of this.#ready.values()) {
      if (surplus <= 0) return
      const unused = Date.now() - (this.#askedFor.get(session.id) ?? 0) > unusedMs
      if (session === newest || !unused || !session.atRest) continue
      this.#forget(session.id)
      surplus -= 1
    }
  }

  #forget(id: string): void {
    this.#ready.delete(id)
    this.#loaded.delete(id)
    this.#askedFor.delete(id)
  }

  #pending(): Approval[] {
    return [...this.#ready.values()].flatMap(({ log }) => log.state.approvals)
  }

  #tellApprovals(): void {
    const approvals = this.#pending()
    for (const listener of this.#listeners) listener.approvalsChanged(approvals)
  }

  /** At most ten times a second for each session. */
  #summarise({ id, log }: Session): void {
    if (this.#summaryTimers.has(id)) return
    const timer = setTimeout(() => {
      this.#summaryTimers.delete(id)
      if (!this.#ready.has(id)) return
      for (const listener of this.#listeners) listener.summaryChanged(summaryOf(log.state))
    }, summaryEveryMs)
    this.#summaryTimers.set(id, timer)
  }
}

async function usableFolder(folder: string): Promise<string> {
  if (!isAbsolute(folder)) throw folderNotUsable(folder, 'Give an absolute path.')
  const real = await realpath(folder).catch(() => undefined)
  if (!real) throw folderNotUsable(folder, 'There is no such folder.')
  if (!(await lstat(real)).isDirectory()) throw folderNotUsable(folder, 'It is not a folder.')
  if (real === '/') throw folderNotUsable(folder, 'It is the whole machine. Open a project folder.')
  return real
}
