/** How often the same action was denied in a task: a model that insists is not asked about without end. */
export class Denials {
  /** By task and the action's hash, the calls that were denied. */
  readonly #calls = new Map<string, Map<string, Set<string>>>()

  /** Counts a denial, once a call, and answers how many there are. */
  add(task: string, hash: string, call: string): number {
    const ofTask = this.#calls.get(task) ?? new Map<string, Set<string>>()
    const calls = ofTask.get(hash) ?? new Set()
    ofTask.set(hash, calls.add(call))
    this.#calls.set(task, ofTask)
    return calls.size
  }

  /** The task has ended. */
  forget(task: string): void {
    this.#calls.delete(task)
  }
}
