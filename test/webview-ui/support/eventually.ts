import { expect } from 'vitest'

/** Waits until a value is as expected; patient enough for a busy machine. */
export const eventually = <T>(value: () => T) => expect.poll(value, { timeout: 20_000 })
