import { expect } from 'vitest'

/** Waits until a value is as expected; patient enough for a busy machine. */
export function eventually<T>(value: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(value, { timeout: 20_000 })
}
