/** Tells whoever listens. For the parts that know no editor; a listener that throws does not keep the others from hearing. */
export class Signal<T = void> {
  readonly #listeners = new Set<(value: T) => void>()
  readonly #failed: (error: unknown) => void

  constructor(failed: (error: unknown) => void = (error) => console.error(error)) {
    this.#failed = failed
  }

  /** Listens until the answer is called. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        this.#failed(error)
      }
    }
  }
}
