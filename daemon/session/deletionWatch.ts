import type { Change } from '#protocol/change.ts'
import type { Failure } from '#protocol/task.ts'
import { isRegenerable } from '../approval/guard/deletion.ts'

/** More of the user's files than this, gone in one step that nobody was asked about, are something to stop at. */
const mostDeleted = 200

/**
 * Judges a step by what became of the user's files, whatever did it: a program that deletes them on its own is not seen
 * before it runs. What tools make again does not count, and what was allowed as a grave action has been asked about.
 */
export class DeletionWatch {
  #before: number
  #allowed = false

  /** `changes`: as they were before the first step. */
  constructor(changes: readonly Change[]) {
    this.#before = deleted(changes)
  }

  /** Something grave that was asked about, or that a rule names, is about to run in this step. */
  allow(): void {
    this.#allowed = true
  }

  /** To be told after each step; why the task is to stop there, where it is. */
  after(changes: readonly Change[], step: number): Failure | undefined {
    const now = deleted(changes)
    const count = now - this.#before
    const isAllowed = this.#allowed
    this.#before = now
    this.#allowed = false
    if (count <= mostDeleted || isAllowed) return undefined
    return {
      code: 'manyDeletions',
      message: `Step ${step} deleted ${count} of your files in the copy, and nobody was asked about that.`,
      fix: 'Your folder still has them. Look at the changes; then resume the task, or rewind to before that step.',
    }
  }
}

/** How many files are gone; one that is there elsewhere under its name was moved. */
function deleted(changes: readonly Change[]): number {
  const gone = new Map<string, number>()
  let count = 0
  for (const { status, path } of changes) {
    if (status !== 'deleted' || isRegenerable(path)) continue
    const name = nameOf(path)
    gone.set(name, (gone.get(name) ?? 0) + 1)
    count++
  }
  // Most steps delete nothing, and then the names of what was made say nothing.
  if (count === 0) return 0
  for (const { status, path } of changes) {
    if (status !== 'added') continue
    const name = nameOf(path)
    const moved = gone.get(name)
    if (!moved) continue
    gone.set(name, moved - 1)
    count--
  }
  return count
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
