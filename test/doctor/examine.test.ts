import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Check, Surroundings } from '../../daemon/doctor/check.ts'
import { allChecks, examine, verdictOf } from '../../daemon/doctor/examine.ts'
import { egress } from '../../daemon/egress/egress.ts'
import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import type { SandboxProvider } from '../../daemon/sandbox/sandbox.ts'

let top: string
let surroundings: Surroundings
beforeEach(() => {
  top = realpathSync(mkdtempSync('/var/tmp/paddock-doctor-'))
  const dataFolder = join(top, 'data')
  mkdirSync(dataFolder, { mode: 0o700 })
  surroundings = {
    dataFolder,
    usualKind: 'bubblewrap',
    kinds: new Map([['bubblewrap', bubblewrapProvider({ hide: [dataFolder] })]]),
    wayOut: (policy) =>
      egress({
        policy: () => policy,
        ask: () => Promise.resolve('deny'),
        onDecided: () => {},
        sourceOf: () => undefined,
        secrets: () => [],
      }),
  }
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

const only = (...ids: string[]) => ({ checks: allChecks.filter(({ id }) => ids.includes(id)) })
const left = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('paddock-probe-'))
const broken: SandboxProvider = {
  kind: 'bubblewrap',
  layers: ['overlay'],
  probe: async () => ({ type: 'unavailable', kind: 'bubblewrap', why: 'It is broken.', fix: 'Mend it.' }),
  open: () => Promise.reject(new Error('it must not be opened')),
}

describe('examine', () => {
  test('on a machine where sandboxes work, all of safety is found to hold, and nothing is left behind', async () => {
    const safe = allChecks.filter(({ tier }) => tier !== 'feature').map(({ id }) => id)
    const { findings } = await examine(surroundings, only(...safe, 'proxy', 'names', 'watching'))
    expect(findings.filter(({ outcome }) => outcome.type === 'failed')).toEqual([])
    expect(findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['systemCalls', 'layer', 'hidden', 'proxy', 'names']),
    )
    expect(left(surroundings.dataFolder)).toEqual([])
    expect(left(tmpdir()).filter((name) => name.includes(`-${process.pid}.`))).toEqual([])
  })

  test('every requirement has an id of its own, and each failure one fix', async () => {
    const ids = allChecks.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const { findings } = await examine({ ...surroundings, kinds: new Map([['bubblewrap', broken]]) })
    for (const { outcome } of findings) if (outcome.type === 'failed') expect(outcome.fix).toMatch(/\.|:/)
  })

  test('a sandbox that does not open is told with its own fix, also where it is what was to be tried in', async () => {
    const sick = { ...surroundings, kinds: new Map([['bubblewrap', broken] as const]) }
    const { verdict, findings } = await examine(sick, only('sandbox', 'layer', 'systemCalls', 'networkClosed'))
    expect(verdict).toBe('failed')
    expect(findings[0]?.outcome).toEqual({ type: 'failed', why: 'It is broken.', fix: 'Mend it.' })
    for (const { outcome } of findings) expect(outcome).toMatchObject({ type: 'failed', fix: 'Mend it.' })
  })

  test('a kind that this machine does not have is told', async () => {
    const { findings } = await examine({ ...surroundings, usualKind: 'seatbelt' }, only('sandbox'))
    expect(findings[0]?.outcome).toMatchObject({ type: 'failed', why: expect.stringContaining('seatbelt') })
  })

  test('a data folder that others can read is told with the command that mends it', async () => {
    const { chmodSync } = await import('node:fs')
    chmodSync(surroundings.dataFolder, 0o755)
    const { verdict, findings } = await examine(surroundings, only('dataFolder'))
    expect(verdict).toBe('failed')
    expect(findings[0]?.outcome).toMatchObject({ fix: `Run: chmod 700 '${surroundings.dataFolder}'` })
  })

  test('a data folder that cannot be made is one finding, not the others’', async () => {
    writeFileSync(join(top, 'file'), '')
    const dataFolder = join(top, 'file', 'data')
    const { findings } = await examine(
      { ...surroundings, dataFolder },
      only('dataFolder', 'database', 'socket', 'clock'),
    )
    expect(findings.map(({ id, outcome }) => [id, outcome.type])).toEqual([
      ['dataFolder', 'failed'],
      ['database', 'ok'],
      ['socket', 'ok'],
      ['clock', 'ok'],
    ])
  })

  test('a path that is too long for a socket is no failure: it lies elsewhere', async () => {
    const dataFolder = join(top, 'x'.repeat(120))
    const { findings } = await examine({ ...surroundings, dataFolder }, only('socket'))
    expect(findings[0]?.outcome).toMatchObject({ type: 'ok', detail: expect.not.stringContaining('data folder') })
  })

  test('one check that throws or hangs is a finding, and the others go on', async () => {
    const check = (id: string, run: Check['run']): Check => ({ id, tier: 'feature', title: id, fix: 'Fix it.', run })
    const checks = [
      check('throws', () => Promise.reject(new Error('thrown words'))),
      check('hangs', () => new Promise(() => {})),
      check('works', async () => 'well'),
    ]
    const { verdict, findings } = await examine(surroundings, { checks, limitMs: 50 })
    expect(verdict).toBe('degraded')
    expect(findings.map(({ outcome }) => outcome)).toEqual([
      { type: 'failed', why: 'thrown words', fix: 'Fix it.' },
      { type: 'failed', why: expect.stringContaining('did not end'), fix: 'Fix it.' },
      { type: 'ok', detail: 'well' },
    ])
  })
})

const ok = { type: 'ok' } as const
const failed = { type: 'failed', why: '', fix: '' } as const
test.each([
  [
    [
      ['core', ok],
      ['feature', ok],
    ],
    'ok',
  ],
  [[], 'ok'],
  [
    [
      ['core', ok],
      ['feature', failed],
    ],
    'degraded',
  ],
  [
    [
      ['safety', failed],
      ['feature', ok],
    ],
    'failed',
  ],
  [
    [
      ['core', failed],
      ['feature', failed],
    ],
    'failed',
  ],
] as const)('%j is %s', (given, verdict) => {
  expect(verdictOf(given.map(([tier, outcome]) => ({ id: '', title: '', tier, outcome })))).toBe(verdict)
})
