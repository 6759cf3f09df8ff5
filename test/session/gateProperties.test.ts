import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../support/seed.ts'
import { act, playActs } from './gateModel.ts'

test('whatever is called, wanted, answered, replayed, changed, restarted or cancelled, and in whatever order: one outcome for each question, and nothing runs or is let out but by it or by a rule', async () => {
  const sum = { calls: 0, connections: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 50, size: 'max' }), async (acts) => {
      const { calls, connections } = await playActs(acts)
      sum.calls += calls
      sum.connections += connections
    }),
    { numRuns: runs(250) },
  )
  // A world in which nothing ever runs or gets out would hold everything.
  expect(sum.calls).toBeGreaterThan(50)
  expect(sum.connections).toBeGreaterThan(50)
})
