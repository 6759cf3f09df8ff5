import { beforeAll, describe, expect, test } from 'vitest'
import { type Guard, loadGuard } from '../../../daemon/approval/guard/guard.ts'
import { ordersOf } from '../../../daemon/approval/guard/ordersOf.ts'

let guard: Guard
beforeAll(async () => {
  guard = await loadGuard()
})

function orders(command: string): string[] {
  const action = { type: 'command', command, cwd: '/w', network: false } as const
  return ordersOf(action, guard.examine(action, { root: '/w', home: '/h', isOriginal: () => true }))
}

describe('what a command takes its orders from', () => {
  test.each<[string, string[]]>([
    ['./deploy.sh prod', ['/w/deploy.sh']],
    ['bash scripts/deploy.sh', ['/w/scripts/deploy.sh']],
    ['node build.js', ['/w/build.js']],
    ['source env.sh', ['/w/env.sh']],
    ['env X=1 ./b.sh', ['/w/b.sh']],
    ['npm run deploy', ['/w/package.json']],
    ['make -f other.mk', ['/w/other.mk', '/w/GNUmakefile', '/w/makefile', '/w/Makefile']],
    ['cd sub && ./b.sh', ['/w/b.sh', '/w/sub/b.sh']],
    ['cat notes.txt', []],
    ['git status', []],
  ])('%s', (command, expected) => {
    expect(orders(command)).toEqual(expected)
  })

  test('fifty scripts are cut to a few', () => {
    const line = Array.from({ length: 50 }, (_, at) => `sh s${at}.sh`).join('; ')
    expect(orders(line)).toHaveLength(20)
  })
})
