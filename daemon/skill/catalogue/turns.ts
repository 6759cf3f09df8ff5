/** As long, in milliseconds, others wait for their turn. */
const longest = 4

/** Gives others their turn while a loop works without waiting for anything. */
export class Turns {
  #began = Date.now()

  /** To be waited for between two small pieces of the work. */
  next(): Promise<void> | undefined {
    const passed = Date.now() - this.#began
    // The clock may be set back.
    if (passed >= 0 && passed < longest) return undefined
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#began = Date.now()
        resolve()
      })
    })
  }
}
