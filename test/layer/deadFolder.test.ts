import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Layer } from '../../daemon/layer/layer.ts'
import { eventually } from '../support/eventually.ts'
import { type AgentShell, Bench } from './bench.ts'
import { overlay } from './overlay.ts'

describe.skipIf(overlay.unavailable !== undefined)('a folder that the user replaced under the mount', () => {
  let bench: Bench
  let layer: Layer
  let shell: AgentShell

  beforeEach(async () => {
    bench = await Bench.make(overlay, { 'd/a': 'a\n', 'd/s/c': 'c\n' })
    const opened = await bench.open()
    layer = opened.layer
    shell = opened.shell
    await shell.run('chmod 755 d/a')
  })
  afterEach(() => bench.dispose())

  async function replaceByFile(): Promise<void> {
    await rm(join(bench.folder, 'd'), { recursive: true })
    await layer.changes()
    await mkdir(join(bench.folder, 'd'))
    await bench.write('d/s', 'mine\n')
    await layer.checkpoint('then')
  }

  test('rewinding says what is in the way where a program stands in it, and goes on once that has ended', async () => {
    const stands =
      '( cd d/s && exec sh -c "echo in > ../../../in; exec sleep 600" ) > /dev/null 2>&1 & echo $! > ../pid'
    await shell.run(`${stands}; until [ -s ../in ]; do sleep 0.01; done`)
    await replaceByFile()
    expect(await layer.rewind('then', shell.files)).toMatchObject({
      type: 'failed',
      path: 'd/s',
      why: expect.stringMatching(/directory.*\. Something that runs in the sandbox is at work in there: end it, /),
    })
    await shell.run('kill -9 $(cat ../pid)')
    await eventually(async () => (await layer.rewind('then', shell.files)).type).toBe('rewound')
    expect(await shell.run('cat d/s d/a')).toBe('mine\na\n')
    expect(await bench.text('d/s')).toBe('mine\n')
  })
})
