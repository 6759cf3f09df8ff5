/** One connection that asks for a thousand hosts is told of; what it was told is not kept without end. */
const mostKept = 1_000

/** What was decided about each target of one connection: told once, and looked at again when rules change. */
export class ToldTargets<Wanted> {
  readonly #told = new Map<string, { readonly what: string; readonly wanted: Wanted }>()
  #isWhole = true

  /** False where just this was told of it last. */
  isNews(target: string, what: string, wanted: Wanted): boolean {
    if (this.#told.get(target)?.what === what) return false
    if (this.#told.size >= mostKept) {
      this.#told.clear()
      this.#isWhole = false
    }
    this.#told.set(target, { what, wanted })
    return true
  }

  /** Whether `holds` is true of every target that the connection was let out to; not where some were forgotten. */
  everyAllowed(holds: (wanted: Wanted) => boolean): boolean {
    if (!this.#isWhole) return false
    return [...this.#told.values()].every(({ what, wanted }) => !what.startsWith('allow ') || holds(wanted))
  }
}
