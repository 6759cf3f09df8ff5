import { type Difference, isText, shownBase } from './difference.ts'
import { diffLines } from './lineDiff.ts'
import { type Sides, textSides } from './sides.ts'

const maxRemembered = 50_000

/** How many lines each change adds and deletes; counted once for every pair of contents. */
export class LineCounts {
  readonly #known = new Map<string, { additions: number; deletions: number }>()

  async of(sides: Sides, difference: Difference): Promise<{ additions: number; deletions: number }> {
    const before = shownBase(difference.from ?? difference)
    const { layer } = difference
    if (!isText(before) || !isText(layer)) return { additions: 0, deletions: 0 }
    if (layer.type !== 'file') return { additions: 0, deletions: before.type === 'file' ? before.lines : 0 }
    if (before.type !== 'file') return { additions: layer.lines, deletions: 0 }
    const key = `${before.sha256} ${layer.sha256}`
    const known = this.#known.get(key)
    if (known) return known
    const texts = await textSides(sides, difference)
    const counts = { additions: 0, deletions: 0 }
    for (const run of texts ? diffLines(texts.base.lines, texts.layer.lines) : []) {
      counts.additions += run.layerEnd - run.layerStart
      counts.deletions += run.baseEnd - run.baseStart
    }
    if (this.#known.size >= maxRemembered) this.#known.clear()
    this.#known.set(key, counts)
    return counts
  }
}
