import type { LoggedEvent, SessionEvent } from '#protocol/event.ts'
import type { LiveText, SessionState } from '#protocol/session.ts'
import { emptySession, reduce } from '#protocol/sessionState.ts'
import { KnownSecrets, type Redaction } from '../sandbox/redaction.ts'
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

/** Of a log that no secret can come to. */
const nothingKnown = new KnownSecrets()

/**
 * One session's event log and the state that the reducer makes of it. An event is on disk before anyone hears of it;
 * a failed append throws and leaves the log as it was.
 */
export class SessionLog {
  readonly id: string
  #state: SessionState
  #recent: LoggedEvent[] = []
  readonly #live = new Map<string, LiveText>()
  /** By the same keys: what was said of it and cannot be told yet, for it may begin a secret. */
  readonly #streams = new Map<string, (piece: string) => string>()
  readonly #watchers = new Set<Watcher>()
  readonly #store: Store
  readonly #redaction: Redaction

  /** `redaction`: what is taken out of everything before it is stored or told. */
  constructor(store: Store, id: string, state: SessionState = emptySession(id), redaction: Redaction = nothingKnown) {
    this.id = id
    this.#redaction = redaction
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
      const seq = state.seq + 1
      // From the event as it was, whose hashes are those that answers are bound to.
      const draft = auditOf({ seq, at, event }, state)
      if (draft) audit.push(this.#redaction.deep(draft))
      const entry = { seq, at, event: this.#redaction.deep(event) }
      state = reduce(state, entry)
      return entry
    })
    this.#store.append(this.id, logged, state, audit)
    this.#state = state
    this.#recent = [...this.#recent, ...logged].slice(-recentKept)
    for (const { event } of logged) this.#endLive(event)
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

  grow(task: string, step: number, named: string, grown: string): void {
    const part = this.#redaction.text(named)
    const key = `${step}/${part}`
    const redact = this.#streams.get(key) ?? this.#redaction.stream()
    this.#streams.set(key, redact)
    const text = redact(grown)
    if (text === '') return
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
      this.#drop(`${event.step}/reply`)
      this.#drop(`${event.step}/reasoning`)
    } else if (event.type === 'toolFinished') this.#drop(`${event.step}/${event.call}`)
    else if (event.type === 'taskCompleted' || event.type === 'taskFailed' || event.type === 'taskCancelled') {
      this.#live.clear()
      this.#streams.clear()
    }
  }

  #drop(key: string): void {
    this.#live.delete(key)
    this.#streams.delete(key)
  }
}
