import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '#client/connect.ts'

test('a daemon that always fails at its start is told with its log, after ten seconds at most', async () => {
  const dataFolder = realpathSync(mkdtempSync(join(tmpdir(), 'paddock-connect-')))
  try {
    const entry = join(dataFolder, 'failing.mjs')
    writeFileSync(entry, 'process.exit(7)')
    const startedAt = performance.now()
    const launch = { execPath: process.execPath, entry }
    const opening = connect({ client: { name: 'test', version: '1' }, build: 'x', launch, dataFolder })
    await expect(opening).rejects.toThrow(/ended at its start \(exit 7\).*daemon\.log/)
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
