import { type ExpectStatic, expect } from 'vitest'

/** Asserts what will be so, on however busy a machine. */
export function eventually(look: () => unknown): ReturnType<ExpectStatic['poll']> {
  return expect.poll(look, { timeout: 20_000, interval: 5 })
}
