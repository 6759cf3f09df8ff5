import fc from 'fast-check'
import { describe, test } from 'vitest'
import { runs } from '../support/seed.ts'
import { copy } from './copy.ts'
import { act, playActs } from './layerModel.ts'
import { layerModelCases } from './layerModelCases.ts'

describe.skipIf(copy.unavailable !== undefined)('a layer that is a copy, whatever agent and user do', () => {
  test('is what a model of it says, and loses nothing of the user’s', { timeout: runs(30_000) }, async () => {
    const acts = fc.array(act, { minLength: 4, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(acts, (list) => playActs(copy, list)),
      { numRuns: runs(6), endOnFailure: true },
    )
  })

  test.each(layerModelCases)('$symptom', ({ acts }) => playActs(copy, acts))
})
