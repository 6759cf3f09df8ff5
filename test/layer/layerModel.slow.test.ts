import fc from 'fast-check'
import { describe, test } from 'vitest'
import { runs } from '../support/seed.ts'
import { act, playActs } from './layerModel.ts'
import { overlay } from './overlay.ts'

describe.skipIf(overlay.unavailable !== undefined)('a layer, whatever agent and user do for long', () => {
  test('is what a model of it says, and loses nothing of the user’s', { timeout: runs(600_000) }, async () => {
    const acts = fc.array(act, { minLength: 8, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(acts, (list) => playActs(overlay, list)),
      { numRuns: runs(60), endOnFailure: true },
    )
  })
})
