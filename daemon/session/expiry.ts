/** Calls back when the oldest question has become too old. One timer, and none where nothing is due. */
export class Expiry {
  readonly #due: () => number | undefined
  readonly #expire: (now: number) => void
  #timer: NodeJS.Timeout | undefined
  #at: number | undefined

  /** `due`: in ms since 1970; asked at every `arm`. */
  constructor(due: () => number | undefined, expire: (now: number) => void) {
    this.#due = due
    this.#expire = expire
  }

  /** What is due may have changed. */
  arm(): void {
    const at = this.#due()
    if (at === this.#at) return
    this.stop()
    if (at === undefined) return
    this.#at = at
    const elapse = () => {
      this.#at = undefined
      this.#expire(Date.now())
      this.arm()
    }
    // It keeps nobody up: a daemon that goes denies it when it is back.
    this.#timer = setTimeout(elapse, Math.min(Math.max(at - Date.now(), 0), longestTimer)).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#at = undefined
  }
}

/** Node's own limit. */
const longestTimer = 2 ** 31 - 1
