import { diffArrays } from 'diff'

/** A run of lines that differ: [baseStart, baseEnd) became [layerStart, layerEnd). 0-based. Runs never touch. */
export interface LineRun {
  readonly baseStart: number
  readonly baseEnd: number
  readonly layerStart: number
  readonly layerEnd: number
}

const maxEdits = 4000
const maxMs = 250

/** What turned `base` into `layer`, in order. Beyond a bound of work the whole middle is one run: coarse, but true. */
export function diffLines(base: readonly string[], layer: readonly string[]): LineRun[] {
  let head = 0
  while (head < base.length && head < layer.length && base[head] === layer[head]) head += 1
  let tail = 0
  const most = Math.min(base.length, layer.length) - head
  while (tail < most && base[base.length - 1 - tail] === layer[layer.length - 1 - tail]) tail += 1

  const baseEnd = base.length - tail
  const layerEnd = layer.length - tail
  if (head === baseEnd && head === layerEnd) return []
  const whole = [{ baseStart: head, baseEnd, layerStart: head, layerEnd }]
  if (head === baseEnd || head === layerEnd) return whole

  const numbers = new Map<string, number>()
  const number = (line: string) => {
    const known = numbers.get(line)
    if (known !== undefined) return known
    numbers.set(line, numbers.size)
    return numbers.size - 1
  }
  const parts = diffArrays(base.slice(head, baseEnd).map(number), layer.slice(head, layerEnd).map(number), {
    maxEditLength: maxEdits,
    timeout: maxMs,
  })
  if (!parts) return whole

  const runs: LineRun[] = []
  let open: { baseStart: number; layerStart: number } | undefined
  let b = head
  let l = head
  const close = () => {
    if (open) runs.push({ ...open, baseEnd: b, layerEnd: l })
    open = undefined
  }
  for (const part of parts) {
    if (part.added || part.removed) open ??= { baseStart: b, layerStart: l }
    else close()
    if (!part.added) b += part.count
    if (!part.removed) l += part.count
  }
  close()
  return runs
}

/** The base with the chosen runs applied and the others left out. With all of them it is the layer. */
export function applyRuns(base: readonly string[], layer: readonly string[], chosen: readonly LineRun[]): string[] {
  const lines: string[] = []
  let at = 0
  for (const run of chosen) {
    pushLines(lines, base, at, run.baseStart)
    pushLines(lines, layer, run.layerStart, run.layerEnd)
    at = run.baseEnd
  }
  pushLines(lines, base, at, base.length)
  return lines
}

/** The runs that remain between base and layer once the chosen ones are part of the base. */
export function afterKeeping(runs: readonly LineRun[], chosen: ReadonlySet<LineRun>): LineRun[] {
  let shift = 0
  const remaining: LineRun[] = []
  for (const run of runs) {
    if (chosen.has(run)) shift += run.layerEnd - run.layerStart - (run.baseEnd - run.baseStart)
    else remaining.push({ ...run, baseStart: run.baseStart + shift, baseEnd: run.baseEnd + shift })
  }
  return remaining
}

/** The runs that remain once the chosen ones are gone from the layer. */
export function afterDiscarding(runs: readonly LineRun[], chosen: ReadonlySet<LineRun>): LineRun[] {
  let shift = 0
  const remaining: LineRun[] = []
  for (const run of runs) {
    if (chosen.has(run)) shift += run.baseEnd - run.baseStart - (run.layerEnd - run.layerStart)
    else remaining.push({ ...run, layerStart: run.layerStart + shift, layerEnd: run.layerEnd + shift })
  }
  return remaining
}

/** Not a spread: a file has more lines than a call may have arguments. */
export function pushLines(to: string[], from: readonly string[], start: number, end: number): void {
  for (let at = start; at < end; at++) to.push(from[at]!)
}
