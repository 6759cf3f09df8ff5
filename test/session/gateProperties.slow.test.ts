import fc from 'fast-check'
import { test } from 'vitest'
import { runs } from '../support/seed.ts'
import { act, playActs } from './gateModel.ts'

test('whatever happens for long around questions and answers: one outcome for each question, and nothing runs or is let out but by it or by a rule', {
  timeout: runs(120_000),
}, async () => {
  // Without a size, none would be longer than about 18.
  const acts = fc.array(act, { minLength: 10, maxLength: 80, size: 'max' })
  const property = fc.asyncProperty(acts, async (list) => void (await playActs(list)))
  await fc.assert(property, { numRuns: runs(1_000), endOnFailure: true })
})
