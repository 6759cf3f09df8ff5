import type { DiscardResult, KeepResult } from '#protocol/change.ts'

type Conflict = Extract<KeepResult, { type: 'conflict' }>
type RunsLater = Extract<KeepResult, { type: 'runsLater' }>
type Refusal = Extract<KeepResult, { type: 'refused' }>

/** What came of a keep or a discard, sorted by what is to be said about it. */
export interface Outcome {
  /** For the status bar; '' where nothing was done. */
  readonly done: string
  readonly conflicts: readonly Conflict[]
  readonly refusals: readonly Refusal[]
  /** Files that wait for a consent of their own: kept, they make something run. */
  readonly runsLater: readonly RunsLater[]
  /** Paths whose hunks were no longer what was shown. */
  readonly stale: readonly string[]
}

export function keepOutcome(results: readonly KeepResult[]): Outcome {
  const kept = results.filter((result) => result.type === 'kept')
  const merged = kept.filter((result) => result.merged).length
  const how =
    merged === 0 ? '' : merged === kept.length ? ', merged with your edits' : `, ${merged} merged with your edits`
  return { done: kept.length ? `Kept ${these(kept)}${how}` : '', ...trouble(results) }
}

export function discardOutcome(results: readonly DiscardResult[]): Outcome {
  const discarded = results.filter((result) => result.type === 'discarded')
  return { done: discarded.length ? `Discarded ${these(discarded)}` : '', ...trouble(results) }
}

/** Why keeping this file is a question of its own. */
export function consentQuestion({ path, what }: Pick<RunsLater, 'path' | 'what'>): {
  question: string
  detail: string
} {
  return {
    question: `Keep ${path}?`,
    detail: `Once it is kept, ${what}. So far it lies in the copy only, and nothing of it was written to your folder.`,
  }
}

/** "3 files" or "cart.js". */
export function these(items: readonly { path: string }[]): string {
  const paths = new Set(items.map((item) => item.path))
  const [first] = paths
  return paths.size === 1 && first ? baseName(first) : `${paths.size} files`
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function trouble(results: readonly (KeepResult | DiscardResult)[]): Omit<Outcome, 'done'> {
  return {
    conflicts: results.filter((result) => result.type === 'conflict'),
    refusals: results.filter((result) => result.type === 'refused'),
    runsLater: results.filter((result) => result.type === 'runsLater'),
    stale: results.filter((result) => result.type === 'stale').map(({ path }) => path),
  }
}
