import type { Selection } from '#protocol/change.ts'
import type { Difference } from './difference.ts'

/** What a caller chose of the differences, every path once. */
export class Selected {
  readonly #chosen: readonly { path: string; hunks: readonly string[] | undefined }[]
  readonly #differences: ReadonlyMap<string, Difference>

  constructor(selections: readonly Selection[] | 'all', differences: ReadonlyMap<string, Difference>) {
    this.#differences = differences
    if (selections === 'all') {
      this.#chosen = [...differences.keys()].map((path) => ({ path, hunks: undefined }))
      return
    }
    const hunksOf = new Map<string, readonly string[] | undefined>()
    for (const { path, hunks } of selections) {
      const before = hunksOf.get(path)
      const whole = hunks === undefined || (hunksOf.has(path) && before === undefined)
      hunksOf.set(path, whole ? undefined : [...(before ?? []), ...hunks])
    }
    this.#chosen = [...hunksOf].map(([path, hunks]) => ({ path, hunks }))
  }

  /** Calls `use` with one after the other and answers in the order that they were chosen in; `stale` for what is not there. */
  async each<Result extends { path: string }>(
    order: 'goingFirst' | 'comingFirst',
    use: (difference: Difference, hunks: readonly string[] | undefined) => Promise<Result>,
  ): Promise<(Result | { type: 'stale'; path: string })[]> {
    const results = new Map<string, Result>()
    for (const going of order === 'goingFirst' ? [true, false] : [false, true]) {
      for (const { path, hunks } of this.#chosen) {
        const difference = this.#differences.get(path)
        if (!difference || (difference.layer.type === 'absent') !== going) continue
        results.set(path, await use(difference, hunks))
      }
    }
    return this.#chosen.map(({ path }) => results.get(path) ?? { type: 'stale', path })
  }
}
