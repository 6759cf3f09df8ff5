import fc from 'fast-check'
import { describe, test } from 'vitest'
import { act, playActs } from './layerModel.ts'
import { overlay } from './overlay.ts'

describe.skipIf(overlay.unavailable !== undefined)('a layer, whatever agent and user do', () => {
  test('is what a model of it says, and loses nothing of the user’s', async () => {
    const acts = fc.array(act, { minLength: 4, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(acts, (list) => playActs(overlay, list)),
      { numRuns: 6, endOnFailure: true },
    )
  })
})
