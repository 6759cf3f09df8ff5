import type { Hunk } from '#protocol/change.ts'
import { sha256 } from './fileState.ts'
import { afterDiscarding, afterKeeping, diffLines, type LineRun } from './lineDiff.ts'

/** What differs between two texts, run by run, each with its name. */
export interface TextDiff {
  readonly base: readonly string[]
  readonly layer: readonly string[]
  readonly runs: readonly LineRun[]
  readonly hunks: readonly Hunk[]
  readonly baseHash: string
  readonly layerHash: string
}

interface Known {
  /** The two contents that `runs` are between. */
  readonly base: string
  readonly layer: string
  readonly runs: readonly LineRun[]
}

const maxRemembered = 256

/**
 * Names hunks. An id is a hash of path, old lines, new lines and, among hunks that are equal in all that, the number of
 * the hunk: it does not contain a position, so that keeping one hunk does not rename the others. For the same reason
 * what remains after keeping or discarding is not compared anew but follows from what was there; and the number of an
 * equal hunk that is gone is not given to another one, so that a second click on a kept hunk finds nothing.
 */
export class HunkNames {
  readonly #known = new Map<string, Known>()
  readonly #spent = new Map<string, Set<string>>()

  diff(path: string, base: Side, layer: Side): TextDiff {
    const known = this.#known.get(path)
    const runs =
      known?.base === base.sha256 && known.layer === layer.sha256 ? known.runs : diffLines(base.lines, layer.lines)
    this.#remember(path, { base: base.sha256, layer: layer.sha256, runs })
    return {
      base: base.lines,
      layer: layer.lines,
      runs,
      hunks: this.#name(path, base.lines, layer.lines, runs),
      baseHash: base.sha256,
      layerHash: layer.sha256,
    }
  }

  /** The chosen runs became part of the base, whose hash is now `base`. */
  kept(path: string, diff: TextDiff, chosen: ReadonlySet<LineRun>, base: string): void {
    this.#spend(path, diff, chosen)
    this.#remember(path, { base, layer: diff.layerHash, runs: afterKeeping(diff.runs, chosen) })
  }

  /** The chosen runs are gone from the layer, whose hash is now `layer`. */
  discarded(path: string, diff: TextDiff, chosen: ReadonlySet<LineRun>, layer: string): void {
    this.#spend(path, diff, chosen)
    this.#remember(path, { base: diff.baseHash, layer, runs: afterDiscarding(diff.runs, chosen) })
  }

  /** What is known of other paths is dropped. */
  retain(paths: { has(path: string): boolean }): void {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path)
    for (const path of this.#spent.keys()) if (!paths.has(path)) this.#spent.delete(path)
  }

  #spend(path: string, diff: TextDiff, chosen: ReadonlySet<LineRun>): void {
    const spent = this.#spent.get(path) ?? new Set()
    this.#spent.set(path, spent)
    for (const [at, run] of diff.runs.entries()) if (chosen.has(run)) spent.add(diff.hunks[at]!.id)
  }

  #remember(path: string, known: Known): void {
    this.#known.delete(path)
    this.#known.set(path, known)
    if (this.#known.size > maxRemembered) this.#known.delete(this.#known.keys().next().value!)
  }

  #name(path: string, base: readonly string[], layer: readonly string[], runs: readonly LineRun[]): Hunk[] {
    const spent = this.#spent.get(path)
    const next = new Map<string, number>()
    return runs.map((run) => {
      const before = base.slice(run.baseStart, run.baseEnd)
      const after = layer.slice(run.layerStart, run.layerEnd)
      const lines = sha256(JSON.stringify([path, before, after]))
      for (let number = next.get(lines) ?? 0; ; number++) {
        const id = sha256(`${lines} ${number}`).slice(0, 20)
        if (spent?.has(id)) continue
        next.set(lines, number + 1)
        return { id, ...run }
      }
    })
  }
}

export interface Side {
  readonly sha256: string
  readonly lines: readonly string[]
}
