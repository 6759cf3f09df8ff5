import fc from 'fast-check'
import { describe, test } from 'vitest'
import { runs } from '../support/seed.ts'
import { act, playActs } from './layerModel.ts'
import { layerModelCases } from './layerModelCases.ts'
import { overlay } from './overlay.ts'

describe.skipIf(overlay.unavailable !== undefined)('a layer, whatever agent and user do', () => {
  test('is what a model of it says, and loses nothing of the user’s', { timeout: runs(30_000) }, async () => {
    const acts = fc.array(act, { minLength: 4, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(acts, (list) => playActs(overlay, list)),
      { numRuns: runs(6), endOnFailure: true },
    )
  })

  test('a file that the user writes in a folder that the agent removed is no deletion of the agent’s', async () => {
    await playActs(overlay, [
      { by: 'agent', line: 'rm -rf d' },
      { by: 'user', does: 'write', path: 'd/b' },
      { by: 'daemon', does: 'remount' },
      { by: 'daemon', does: 'changes' },
    ])
  })

  test.each(layerModelCases)('$symptom', ({ acts }) => playActs(overlay, acts))
})
