import { useLayoutEffect, useState } from 'preact/hooks'

/** A value that changes and those who watch it. Watchers hear of many changes at once, before the next frame is drawn. */
export interface Store<T> {
  get(): T
  set(change: Partial<T>): void
  watch(watcher: () => void): () => void
}

type Schedule = (run: () => void) => void

/** `schedule` puts the call of the watchers off; the value itself changes at once, so nothing piles up while hidden. */
export function createStore<T extends object>(
  initial: T,
  schedule: Schedule = (run) => requestAnimationFrame(run),
): Store<T> {
  let value = initial
  let scheduled = false
  const watchers = new Set<() => void>()
  const tell = () => {
    scheduled = false
    for (const watcher of watchers) watcher()
  }
  return {
    get: () => value,
    set(change) {
      value = { ...value, ...change }
      if (scheduled) return
      scheduled = true
      schedule(tell)
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
  }
}

/** The store's value, drawn anew when it changed. */
export function useStore<T extends object>(store: Store<T>): T {
  const [value, setValue] = useState(store.get)
  useLayoutEffect(() => {
    setValue(store.get())
    return store.watch(() => setValue(store.get()))
  }, [store])
  return value
}
