import fc from 'fast-check'
import { describe, test } from 'vitest'
import { runs } from '../support/seed.ts'
import { act, playActs } from './layerModel.ts'
import { overlay } from './overlay.ts'

describe.skipIf(overlay.unavailable !== undefined)('a layer, whatever agent and user do', () => {
  test('is what a model of it says, and loses nothing of the user’s', { timeout: runs(20_000) }, async () => {
    const acts = fc.array(act, { minLength: 4, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(acts, (list) => playActs(overlay, list)),
      { numRuns: runs(6), endOnFailure: true },
    )
  })

  test('a folder that the user replaced by a file while it was mounted stops no rewind for good', async () => {
    await playActs(overlay, [
      { by: 'agent', line: 'chmod 755 d/a' },
      { by: 'user', does: 'remove', path: 'd' },
      { by: 'daemon', does: 'changes' },
      { by: 'user', does: 'save', path: 'd/s' },
      { by: 'daemon', does: 'checkpoint' },
      { by: 'daemon', does: 'rewind', to: 0 },
    ])
  })

  test('a file that the user writes in a folder that the agent removed is no deletion of the agent’s', async () => {
    await playActs(overlay, [
      { by: 'agent', line: 'rm -rf d' },
      { by: 'user', does: 'write', path: 'd/b' },
      { by: 'daemon', does: 'remount' },
      { by: 'daemon', does: 'changes' },
    ])
  })
})
