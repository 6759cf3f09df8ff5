import { type ExpectStatic, expect } from 'vitest'

/** Asserts what will be so, on however busy a machine. Throws where what it looks at is said, and not what is to come of it. */
export function eventually(look: () => unknown): ReturnType<ExpectStatic['poll']> {
  return new Proxy(expect.poll(look, { timeout: 20_000, interval: 5 }), {
    get(poll, key) {
      // What is awaited without a matcher would look at nothing.
      if (key === 'then') throw new Error('say what it is to be: `await eventually(look).toEqual(…)`')
      return Reflect.get(poll, key, poll)
    },
  })
}
