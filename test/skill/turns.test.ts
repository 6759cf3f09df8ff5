import { afterEach, expect, test, vi } from 'vitest'
import { Turns } from '../../daemon/skill/catalogue/turns.ts'

afterEach(() => vi.restoreAllMocks())

test('others wait for no more than a moment, also after the clock was set back by an hour', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(7_200_000)
  const turns = new Turns()
  expect(turns.next()).toBeUndefined()
  clock.mockReturnValue(7_200_100)
  await expect(turns.next()).resolves.toBeUndefined()
  expect(turns.next()).toBeUndefined()
  clock.mockReturnValue(3_600_000)
  await expect(turns.next()).resolves.toBeUndefined()
})
