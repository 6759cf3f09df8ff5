interface Keyed {
  readonly key: string
}

/** The heights of a list's entries, measured or guessed, and what follows from them. Ranges are half-open. */
export class Heights {
  readonly #measured = new Map<string, number>()
  #items: readonly Keyed[] = []
  /** `#tops[i]` is where entry `i` begins; one more at the end for where the list ends. */
  #tops: Float64Array = new Float64Array(1)
  #stale = true
  #guess: (index: number) => number = () => 0

  update<T extends Keyed>(items: readonly T[], estimate: (item: T) => number): void {
    if (items === this.#items) return
    this.#items = items
    this.#guess = (index) => estimate(items[index]!)
    this.#stale = true
    if (this.#measured.size > items.length * 2 + 100) this.#forget()
  }

  /** Answers whether that was news. */
  measured(key: string, height: number): boolean {
    const before = this.#measured.get(key)
    if (before !== undefined && Math.abs(before - height) < 0.5) return false
    this.#measured.set(key, height)
    this.#stale = true
    return true
  }

  /** The entries that lie between two heights, at least one where there are any. */
  range(from: number, to: number): { first: number; last: number } {
    const first = this.#indexAt(from)
    const last = Math.min(this.#items.length, this.#indexAt(to) + 1)
    return { first, last }
  }

  rangeAtEnd(height: number): { first: number; last: number } {
    const tops = this.#sums()
    return { first: this.#indexAt(tops[this.#items.length]! - height), last: this.#items.length }
  }

  /** Where the entry begins; null where there is none of that key. */
  placeOf(key: string): number | null {
    const index = this.#items.findIndex((item) => item.key === key)
    return index < 0 ? null : this.#sums()[index]!
  }

  before(index: number): number {
    return this.#sums()[index]!
  }

  after(index: number): number {
    const tops = this.#sums()
    return tops[this.#items.length]! - tops[index]!
  }

  #indexAt(height: number): number {
    const tops = this.#sums()
    let low = 0
    let high = Math.max(0, this.#items.length - 1)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (tops[middle]! <= height) low = middle
      else high = middle - 1
    }
    return low
  }

  #sums(): Float64Array {
    if (!this.#stale) return this.#tops
    const length = this.#items.length
    const tops = this.#tops.length === length + 1 ? this.#tops : new Float64Array(length + 1)
    for (let index = 0; index < length; index++) {
      const height = this.#measured.get(this.#items[index]!.key) ?? this.#guess(index)
      tops[index + 1] = tops[index]! + height
    }
    this.#tops = tops
    this.#stale = false
    return tops
  }

  #forget(): void {
    const present = new Set(this.#items.map(({ key }) => key))
    for (const key of this.#measured.keys()) if (!present.has(key)) this.#measured.delete(key)
  }
}
