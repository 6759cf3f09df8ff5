import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Finding } from '#protocol/doctor.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'
import { paddock } from './paddock.ts'

let daemon: TestDaemon
beforeEach(() => {
  daemon = testDaemon()
})
afterEach(() => daemon.dispose())

test('asks the daemon: the text has a line for each requirement and a fix for each failure; the exit code is the verdict', async () => {
  await daemon.connect()
  const { out, code } = await paddock(daemon, ['doctor', '--json'])
  const { verdict, findings } = JSON.parse(out) as { verdict: 'ok' | 'degraded' | 'failed'; findings: Finding[] }
  expect(code).toBe({ ok: 0, degraded: 1, failed: 2 }[verdict])
  expect(findings[0]).toMatchObject({ id: 'daemon', outcome: { type: 'ok' } })
  expect(findings.filter(({ tier, outcome }) => tier !== 'feature' && outcome.type === 'failed')).toEqual([])
  const text = await paddock(daemon, ['doctor'])
  for (const { title } of findings) expect(text.out).toContain(title)
  const fixes = findings.filter(({ outcome }) => outcome.type === 'failed').length
  expect(text.out.match(/^ +-> /gm)?.length ?? 0).toBe(fixes)
  expect(readdirSync(daemon.dataFolder).filter((name) => name.startsWith('paddock-probe'))).toEqual([])
})

test('where no daemon can be had, that is told first and the rest is tried all the same', async () => {
  writeFileSync(daemon.dataFolder, 'in the way')
  const { out, code } = await paddock(daemon, ['doctor', '--json'])
  expect(code).toBe(2)
  const { findings } = JSON.parse(out) as { findings: Finding[] }
  const of = (id: string) => findings.find((finding) => finding.id === id)?.outcome
  expect(findings[0]).toMatchObject({ id: 'daemon', outcome: { type: 'failed' } })
  expect(of('dataFolder')).toMatchObject({ type: 'failed', fix: expect.stringContaining('PADDOCK_HOME') })
  expect(of('database')).toEqual({ type: 'ok' })
  expect(readdirSync(join(daemon.folder, '..')).toSorted()).toEqual(['data', 'work'])
})

test.each([[['doctor', '--bogus']], [['doctor', 'word']]])('%j is a usage error', async (args) => {
  expect((await paddock(daemon, args)).code).toBe(2)
})
