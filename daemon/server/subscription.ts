import type { LiveText } from '#protocol/session.ts'
import type { SessionLog } from '../session/log.ts'
import type { Wire } from './wire.ts'

const pageSize = 200
const liveEveryMs = 16

/**
 * One client's view of one session: it remembers how far the client is, not what it has yet to get. Events are read
 * from the log when the wire is ready, and live text is sent as what was added since; a slow client costs nothing.
 */
export class Subscription {
  readonly #log: SessionLog
  readonly #wire: Wire
  readonly #unwatch: () => void
  readonly #sent = new Map<string, number>()
  #cursor: number
  #timer: NodeJS.Timeout | undefined
  readonly #start: NodeJS.Immediate
  #started = false

  /** `seq`: the last event that the client has; `live`: the live text that it was just told. */
  constructor(log: SessionLog, wire: Wire, seq: number, live: Iterable<[string, LiveText]>) {
    this.#log = log
    this.#wire = wire
    this.#cursor = seq
    for (const [key, { text }] of live) this.#sent.set(key, text.length)
    this.#unwatch = log.watch({ onEvents: () => this.pump(), onLive: () => this.#soon() })
    // The answer to the subscription goes first.
    this.#start = setImmediate(() => {
      this.#started = true
      this.pump()
    })
  }

  /** Sends what the client has not got. Called by the log and when the wire is ready again. */
  pump(): void {
    if (!this.#started) return
    while (this.#wire.ready && this.#cursor < this.#log.state.seq) {
      const events = this.#log.after(this.#cursor, pageSize)
      const last = events.at(-1)
      if (!last) return
      this.#cursor = last.seq
      this.#wire.send('session/events', { session: this.#log.id, events })
    }
    if (this.#log.live.size > 0 || this.#sent.size > 0) this.#soon()
  }

  end(): void {
    clearImmediate(this.#start)
    clearTimeout(this.#timer)
    this.#unwatch()
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#sendLive()
    }, liveEveryMs)
  }

  #sendLive(): void {
    const { live } = this.#log
    for (const key of this.#sent.keys()) if (!live.has(key)) this.#sent.delete(key)
    if (!this.#wire.ready || this.#cursor < this.#log.state.seq) return
    for (const [key, { task, step, part, text }] of live) {
      const offset = this.#sent.get(key) ?? 0
      if (text.length <= offset) continue
      this.#sent.set(key, text.length)
      this.#wire.send('session/live', { session: this.#log.id, task, step, part, offset, text: text.slice(offset) })
    }
  }
}
