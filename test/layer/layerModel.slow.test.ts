import fc from 'fast-check'
import { describe, test } from 'vitest'
import { runs } from '../support/seed.ts'
import { copy } from './copy.ts'
import { act, playActs } from './layerModel.ts'
import { overlay } from './overlay.ts'

describe.each([
  { name: 'a layer', kind: overlay, usual: 60 },
  { name: 'a layer that is a copy', kind: copy, usual: 30 },
])('$name, whatever agent and user do for long', ({ kind, usual }) => {
  const timeout = runs(600_000)
  test.skipIf(kind.unavailable)(
    'is what a model of it says, and loses nothing of the user’s',
    { timeout },
    async () => {
      // Without a size, none would be longer than about 18.
      const acts = fc.array(act, { minLength: 8, maxLength: 30, size: 'max' })
      await fc.assert(
        fc.asyncProperty(acts, (list) => playActs(kind, list)),
        { numRuns: runs(usual), endOnFailure: true },
      )
    },
  )
})
