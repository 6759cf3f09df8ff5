import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LayerFiles } from '../../daemon/layer/layer.ts'
import { overlayLayerProvider } from '../../daemon/layer/overlayLayer.ts'
import { overlayMount } from './overlay.ts'

let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'paddock-locked-'))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

/** Straight into what an overlay writes to. */
function filesIn(root: string): LayerFiles {
  return {
    root,
    async writeFile(path, bytes) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, bytes)
      return { type: 'written' }
    },
    async remove(path) {
      rmSync(path, { recursive: true, force: true })
      return { type: 'removed' }
    },
    makeSymlink: async () => ({ type: 'fault', message: 'no links here' }),
    async setMode(path, mode) {
      chmodSync(path, mode)
      return { type: 'written' }
    },
  }
}

test('what lay in a folder when it was locked is not gone after going back there', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root may enter every folder')
  const folder = join(top, 'workspace')
  mkdirSync(folder)
  const layer = await overlayLayerProvider().open({ folder, store: join(top, 'store') })
  const { upper } = overlayMount(layer)
  mkdirSync(join(upper, 'd'))
  writeFileSync(join(upper, 'd/f'), 'work\n')
  await layer.checkpoint('t.0.a')
  chmodSync(join(upper, 'd'), 0)
  try {
    expect(await layer.checkpoint('t.1.b')).toBe(true)
  } finally {
    chmodSync(join(upper, 'd'), 0o755)
  }
  writeFileSync(join(upper, 'd/f'), 'more\n')
  expect(await layer.rewind('t.1.b', filesIn(upper))).toMatchObject({ type: 'rewound' })
  chmodSync(join(upper, 'd'), 0o755)
  expect(readFileSync(join(upper, 'd/f'), 'utf8')).toBe('work\n')
})
