import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataFolder } from '#client/dataFolder.ts'

test.each([
  ['data', join(process.cwd(), 'data')],
  ['./a/../data/', join(process.cwd(), 'data')],
  ['/srv/paddock', '/srv/paddock'],
])('a PADDOCK_HOME of %j is not resolved again below the daemon’s own folder', (home, absolute) => {
  const folder = dataFolder({ PADDOCK_HOME: home }, 'linux')
  expect(folder).toBe(absolute)
  expect(dataFolder({ PADDOCK_HOME: folder }, 'linux')).toBe(absolute)
})
