import { diffLines, type LineRun, pushLines } from './lineDiff.ts'

/**
 * Three-way merge by lines: what the user and the agent each made of `base`, together. Undefined where both changed
 * the same or neighbouring lines in different ways; the same change on both sides is taken once.
 */
export function mergeLines(
  base: readonly string[],
  user: readonly string[],
  agent: readonly string[],
): string[] | undefined {
  const ours = new Side(user, diffLines(base, user))
  const theirs = new Side(agent, diffLines(base, agent))
  const merged: string[] = []
  let at = 0
  while (ours.next || theirs.next) {
    const start = Math.min(ours.next?.baseStart ?? Infinity, theirs.next?.baseStart ?? Infinity)
    let end = start
    let grew = true
    while (grew) {
      grew = false
      for (const side of [ours, theirs]) {
        while (side.next && side.next.baseStart <= end) {
          end = Math.max(end, side.next.baseEnd)
          side.take()
          grew = true
        }
      }
    }
    pushLines(merged, base, at, start)
    const region = joinRegion(ours.region(start, end), theirs.region(start, end))
    if (!region) return undefined
    pushLines(merged, region, 0, region.length)
    at = end
  }
  pushLines(merged, base, at, base.length)
  return merged
}

/** Undefined on one side means that it left the region alone. */
function joinRegion(user: string[] | undefined, agent: string[] | undefined): string[] | undefined {
  if (!user || !agent) return user ?? agent
  return user.length === agent.length && user.every((line, at) => line === agent[at]) ? user : undefined
}

/** One side's runs, consumed from the front; `region` gives that side's lines for a stretch of the base. */
class Side {
  readonly #lines: readonly string[]
  readonly #runs: readonly LineRun[]
  #at = 0
  #taken: LineRun[] = []

  constructor(lines: readonly string[], runs: readonly LineRun[]) {
    this.#lines = lines
    this.#runs = runs
  }

  get next(): LineRun | undefined {
    return this.#runs[this.#at]
  }

  take(): void {
    this.#taken.push(this.#runs[this.#at]!)
    this.#at += 1
  }

  region(baseStart: number, baseEnd: number): string[] | undefined {
    const first = this.#taken[0]
    const last = this.#taken.at(-1)
    if (!first || !last) return undefined
    this.#taken = []
    const start = first.layerStart - (first.baseStart - baseStart)
    const end = last.layerEnd + (baseEnd - last.baseEnd)
    return this.#lines.slice(start, end)
  }
}
