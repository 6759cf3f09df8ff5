import type { LoggedEvent, SessionEvent } from '#protocol/event.ts'
import type { LiveText, SessionState } from '#protocol/session.ts'
import { emptySession, reduce } from '#protocol/sessionState.ts'
import type { AuditDraft } from './audit/auditDraft.ts'
import { auditOf } from './audit/auditOf.ts'
import { fitBackward, fitForward } from './page.ts'
import type { Store } from './store.ts'

/** Told after the fact; reads what it wants from the log. Must not throw. */
export interface Watcher {
  onEvents(): void
  onLive(): void
}

const recentKept = 256
/** Live text of one part beyond this is dropped: the logged event brings the (bounded) whole. */
const liveLimit = 256 * 1024

/**
 * One session's event log and the state that the reducer makes of it. An event is on disk before anyone hears of it;
 * a failed append throws and leaves the log as it was.
 */
export class SessionLog {
  readonly id: string
  #state: SessionState
  #recent: LoggedEvent[] = []
  readonly #live = new Map<string, LiveText>()
  readonly #watchers = new Set<Watcher>()
  readonly #store: Store

  constructor(store: Store, id: string, state: SessionState = emptySession(id)) {
    this.id = id
    this.#store = store
    this.#state = state
  }

  get state(): SessionState {
    return this.#state
  }

  append(...events: SessionEvent[]): void {
    let state = this.#state
    const at = Date.now()
    const audit: AuditDraft[] = []
    const logged = events.map((event) => {
      const entry = { seq: state.seq + 1, at, event }
      const draft = auditOf(entry, state)
      if (draft) audit.push(draft)
      state = reduce(state, entry)
      return entry
    })
    this.#store.append(this.id, logged, state, audit)
    this.#state = state
    this.#recent = [...this.#recent, ...logged].slice(-recentKept)
    for (const event of events) this.#endLive(event)
    for (const watcher of this.#watchers) watcher.onEvents()
  }

  /** Events after `seq`, at most `limit` and what fits a frame; from memory where it can. */
  after(seq: number, limit: number): LoggedEvent[] {
    const first = this.#recent[0]
    if (!first || seq + 1 < first.seq) return fitForward(this.#store.after(this.id, seq, limit))
    return fitForward(this.#recent.slice(seq + 1 - first.seq, seq + 1 - first.seq + limit))
  }

  /** The page before `seq`, at most about `limit` events and what fits a frame. */
  before(seq: number, limit: number): LoggedEvent[] {
    return fitBackward(this.#store.before(this.id, seq, limit))
  }

  all(): Iterable<LoggedEvent> {
    return this.#store.all(this.id)
  }

  approvals(): LoggedEvent[] {
    return this.#store.approvals(this.id)
  }

  submitted(submission: string): string | undefined {
    return this.#store.submitted(this.id, submission)
  }

  get live(): ReadonlyMap<string, LiveText> {
    return this.#live
  }

  grow(task: string, step: number, part: string, text: string): void {
    const key = `${step}/${part}`
    const known = this.#live.get(key)
    if (!known) this.#live.set(key, { task, step, part, text: text.slice(0, liveLimit) })
    else if (known.text.length < liveLimit) known.text += text.slice(0, liveLimit - known.text.length)
    for (const watcher of this.#watchers) watcher.onLive()
  }

  get watchers(): number {
    return this.#watchers.size
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** A logged event replaces the live text that led to it. */
  #endLive(event: SessionEvent): void {
    if (event.type === 'modelReplied' || event.type === 'modelRetried') {
      this.#live.delete(`${event.step}/reply`)
      this.#live.delete(`${event.step}/reasoning`)
    } else if (event.type === 'toolFinished') this.#live.delete(`${event.step}/${event.call}`)
    else if (event.type === 'taskCompleted' || event.type === 'taskFailed' || event.type === 'taskCancelled') {
      this.#live.clear()
    }
  }
}
