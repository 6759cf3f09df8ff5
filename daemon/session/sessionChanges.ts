import type { Change, DiscardResult, KeepAnswers, KeepResult, Selection } from '#protocol/change.ts'
import type { Checkpoint, RewindResult } from '#protocol/checkpoint.ts'
import type { EventOf, SessionEvent } from '#protocol/event.ts'
import { runsLater } from '../approval/guard/runsLater.ts'
import type { Layer, LayerFiles } from '../layer/layer.ts'
import type { SessionLog } from './log.ts'
import { storing } from './storing.ts'

/** What became of a session's layer, as the log tells it: after each step, and when a person keeps, discards or rewinds. */
export class SessionChanges {
  readonly #log: SessionLog
  readonly #layer: Layer
  readonly #trouble: (error: unknown) => void
  /** What the last `changesChanged` told of, by path. */
  #known = new Map<string, string>()
  #lastAt = 0

  /** `trouble`: told where something was done and only the record of it failed. */
  constructor(log: SessionLog, layer: Layer, trouble: (error: unknown) => void) {
    this.#log = log
    this.#layer = layer
    this.#trouble = trouble
  }

  async keep(selections: readonly Selection[] | 'all', by: string, answers: KeepAnswers = {}) {
    const options = { ...answers, runsLater: (path: string) => runsLater(path)?.what }
    const results: KeepResult[] = await storing(() => this.#layer.keep(selections, options))
    const consents = new Set(answers.consents?.map(({ path }) => path))
    await this.#record(selections, results, 'kept', (path, hunks): EventOf<'changeKept'> => {
      const consent = consents.has(path) ? runsLater(path)?.what : undefined
      return { type: 'changeKept', path, by, ...hunks, ...(consent !== undefined && { consent }) }
    })
    return results
  }

  async discard(selections: readonly Selection[] | 'all', by: string, files: LayerFiles) {
    const results: DiscardResult[] = await storing(() => this.#layer.discard(selections, files))
    await this.#record(selections, results, 'discarded', (path, hunks): EventOf<'changeDiscarded'> => {
      return { type: 'changeDiscarded', path, by, ...hunks }
    })
    return results
  }

  /** Where the layer differs from the last checkpoint, it can be gone back to from now on. Step 0: before a task's first. */
  async checkpoint(task: string, step: number): Promise<void> {
    // Never the same twice, and all there is to know of it: the layer's own list is the only one.
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 1)
    const checkpoint = `${task}.${step}.${this.#lastAt.toString(36)}`
    const isStored = await storing(() => this.#layer.checkpoint(checkpoint))
    if (isStored) this.#log.append({ type: 'checkpointMade', checkpoint, task, step })
  }

  checkpoints(): Checkpoint[] {
    return this.#layer.checkpoints().flatMap((id) => {
      const [task, step, at] = id.split('.')
      return task && step && at ? [{ id, task, step: Number(step), at: Number.parseInt(at, 36) }] : []
    })
  }

  /** What there was before is a checkpoint of the newest task's, so that going back can be taken back. */
  async rewind(checkpoint: string, by: string, files: LayerFiles): Promise<RewindResult> {
    const newest = this.#log.state.tasks.at(-1)
    if (newest) await this.checkpoint(newest.id, newest.steps)
    const result = await storing(() => this.#layer.rewind(checkpoint, files))
    try {
      if (result.type === 'rewound') this.#log.append({ type: 'layerRewound', checkpoint, files: result.files, by })
      await this.look(false)
    } catch (error) {
      this.#trouble(error)
    }
    return result
  }

  /** How the layer differs; told where that is another answer than before. `naming`: by path. */
  async look(naming = true): Promise<readonly Change[]> {
    const before = this.#log.state.changes
    const changes = await storing(() => this.#layer.changes())
    const { revision } = this.#layer
    if (revision === before.revision || (changes.length === 0 && before.files === 0)) return changes
    const sum = (key: 'additions' | 'deletions') => changes.reduce((total, change) => total + change[key], 0)
    const paths = changes.filter((change) => this.#known.get(change.path) !== stampOf(change)).map(({ path }) => path)
    this.#known = new Map(changes.map((change) => [change.path, stampOf(change)]))
    this.#log.append({
      type: 'changesChanged',
      revision,
      files: changes.length,
      additions: sum('additions'),
      deletions: sum('deletions'),
      paths: naming ? paths.slice(0, 50) : [],
    })
    return changes
  }

  /** What was done is done, whatever becomes of the record: trouble with it is told apart. */
  async #record(
    selections: readonly Selection[] | 'all',
    results: readonly { type: string; path: string }[],
    success: string,
    eventOf: (path: string, hunks: { hunks?: number }) => SessionEvent,
  ): Promise<void> {
    const hunks = new Map(selections === 'all' ? [] : selections.map((selection) => [selection.path, selection.hunks]))
    const events = results
      .filter((result) => result.type === success)
      .map(({ path }) => {
        const count = hunks.get(path)?.length
        return eventOf(path, count === undefined ? {} : { hunks: count })
      })
    try {
      if (events.length > 0) this.#log.append(...events)
      await this.look(false)
    } catch (error) {
      this.#trouble(error)
    }
  }
}

/** Two changes with the same stamp look the same in a list. */
function stampOf({ status, additions, deletions, mode, from }: Change): string {
  return JSON.stringify([status, additions, deletions, mode, from])
}
