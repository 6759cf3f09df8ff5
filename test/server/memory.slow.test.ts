import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { labelled } from '../approval/guard/labelled.ts'
import { type TestDaemon, testDaemon } from '../support/testDaemon.ts'

let daemon: TestDaemon
beforeEach(() => {
  daemon = testDaemon()
})
afterEach(() => daemon.dispose())

test.skipIf(process.platform !== 'linux')(
  'reading thousands of commands takes half a gigabyte for a second (what a process held at most is only told on Linux)',
  async () => {
    const client = await daemon.connect()
    const commands = [...labelled('harmless'), ...labelled('destructive')].slice(0, 1000)
    const actions = commands.map((command) => JSON.stringify({ type: 'command', command }))
    for (let round = 0; round < 5; round++) {
      const { explanations } = await client.request('policy/explain', { folder: daemon.folder, actions })
      expect(explanations.filter(({ type }) => type === 'explained')).toHaveLength(actions.length)
    }
    const [, highest] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${client.pid}/status`, 'utf8')) ?? []
    expect(Number(highest) / 1024).toBeLessThan(250)
  },
)
