import type { Approval } from '#protocol/approval.ts'
import type { PayloadOf } from '#protocol/methods.ts'
import type { SessionSummary } from '#protocol/session.ts'
import type { DaemonConnection } from './daemonConnection.ts'
import { Signal } from './signal.ts'

/** The sessions of the folders of this window, and the approvals that wait in them, as the daemon last told. */
export class FolderState {
  readonly changed = new Signal()
  /** Everything was asked anew and is as the daemon has it. */
  readonly listed = new Signal()
  readonly #connection: DaemonConnection
  readonly #isOurs: (folder: string) => boolean
  readonly #sessions = new Map<string, SessionSummary>()
  #approvals: readonly Approval[] = []
  #release: (() => void) | null = null

  /** `isOurs` says whether a path, as the daemon spells it, is a folder of this window. */
  constructor(connection: DaemonConnection, isOurs: (folder: string) => boolean) {
    this.#connection = connection
    this.#isOurs = isOurs
    connection.connected.on(() => void this.refresh())
    connection.notified.on(({ method, payload }) => {
      if (method === 'session/changed') this.#sessionChanged(payload as PayloadOf<'session/changed'>)
      if (method === 'session/deleted') this.#sessionDeleted(payload as PayloadOf<'session/deleted'>)
      if (method === 'approval/changed') this.#approvalsChanged((payload as PayloadOf<'approval/changed'>).approvals)
    })
  }

  /** Newest first. */
  get sessions(): SessionSummary[] {
    return [...this.#sessions.values()].sort((a, b) => b.updatedAt - a.updatedAt)
  }

  session(id: string): SessionSummary | undefined {
    return this.#sessions.get(id)
  }

  /** Those of this window's folders, oldest first. */
  get approvals(): Approval[] {
    return this.#approvals.filter(({ session }) => this.#sessions.has(session)).sort((a, b) => a.askedAt - b.askedAt)
  }

  /** The workspace's path as this action names it; '' where that is not known. */
  folderOf({ session, root }: Approval): string {
    return root ?? this.#sessions.get(session)?.folder ?? ''
  }

  async refresh(): Promise<void> {
    try {
      const [{ sessions }, { approvals }] = await Promise.all([
        this.#connection.request('session/list', {}),
        this.#connection.request('approval/list', {}),
      ])
      this.#sessions.clear()
      for (const session of sessions) if (this.#isOurs(session.folder)) this.#sessions.set(session.id, session)
      this.#approvals = approvals
      this.#tell()
      this.listed.emit()
    } catch {
      // The connection went meanwhile; the next one lists again.
    }
  }

  #sessionChanged({ session }: PayloadOf<'session/changed'>): void {
    if (!this.#isOurs(session.folder)) return
    this.#sessions.set(session.id, session)
    this.#tell()
  }

  #sessionDeleted({ session }: PayloadOf<'session/deleted'>): void {
    if (this.#sessions.delete(session)) this.#tell()
  }

  #approvalsChanged(approvals: readonly Approval[]): void {
    this.#approvals = approvals
    this.#tell()
  }

  /** While an agent is at work in here, the connection is kept up even if nothing of ours is on the screen. */
  #tell(): void {
    const live = this.sessions.some(({ state }) => state !== 'idle')
    if (live && !this.#release) this.#release = this.#connection.hold()
    if (!live && this.#release) {
      this.#release()
      this.#release = null
    }
    this.changed.emit()
  }
}
