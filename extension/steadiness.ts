/** How long something has to stand still before an answer to it counts, in milliseconds. */
const settleTime = 500

/**
 * Tells an answer that was meant from one that hit what had just appeared, moved or come to the front. Whoever shows
 * something that answers marks each such moment.
 */
export class Steadiness {
  readonly #now: () => number
  #since = Number.NEGATIVE_INFINITY

  constructor(now: () => number) {
    this.#now = now
  }

  moved(): void {
    this.#since = this.#now()
  }

  get isSteady(): boolean {
    return this.#now() - this.#since >= settleTime
  }
}
