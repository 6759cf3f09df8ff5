/** Many may share, or one may have it alone; in the order in which they came. */
export class Turns {
  #sharing = new Set<Promise<unknown>>()
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` beside others that share, after whoever wanted to be alone before. */
  share<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work)
    const settled = run.then(nothing, nothing)
    this.#sharing.add(settled)
    void settled.then(() => this.#sharing.delete(settled))
    return run
  }

  /** Runs `work` when all that came before have ended; whoever comes later waits for it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const run = Promise.all([this.#last, ...this.#sharing]).then(work)
    this.#last = run.then(nothing, nothing)
    return run
  }
}

function nothing(): void {}
