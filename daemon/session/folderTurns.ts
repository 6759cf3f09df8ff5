/** One after the other for each folder, in the order of the calls; one that fails fails alone. */
export class FolderTurns {
  readonly #last = new Map<string, Promise<unknown>>()

  run<T>(folder: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(folder) ?? Promise.resolve()).then(work)
    const settled = result
      .catch(() => {})
      .then(() => {
        if (this.#last.get(folder) === settled) this.#last.delete(folder)
      })
    this.#last.set(folder, settled)
    return result
  }
}
