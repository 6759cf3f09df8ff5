import { expect, test } from 'vitest'
import { Steadiness } from '../../extension/steadiness.ts'

test('an answer counts half a second after the last move, not before', () => {
  let now = 0
  const steadiness = new Steadiness(() => now)
  expect(steadiness.isSteady).toBe(true)
  steadiness.moved()
  now = 499
  expect(steadiness.isSteady).toBe(false)
  now = 500
  expect(steadiness.isSteady).toBe(true)
  steadiness.moved()
  expect(steadiness.isSteady).toBe(false)
})
