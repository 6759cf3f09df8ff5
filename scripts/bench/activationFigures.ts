import { spawnSync } from 'node:child_process'
import { repository } from '../setup/places.mjs'
import { type Figure, median } from './figure.ts'

const runs = 3

/** Cold activation in the extension host of a real VS Code, each time a fresh one. Includes loading the bundle. */
export function activationFigures(): Figure[] {
  const samples = Array.from({ length: runs }, () => {
    const args = ['run', '--project', 'e2e', 'test/e2e/extensionHost.e2e.ts']
    const { stdout, stderr } = spawnSync('vitest', args, { cwd: repository, encoding: 'utf8' })
    const found = /figure: activation ([\d.]+) ms(?! \(was active)/.exec(stdout)
    if (!found) throw new Error(`No activation was measured:\n${stdout}${stderr}`)
    return Number(found[1])
  })
  return [{ name: 'extension activation, cold', value: median(samples), unit: 'ms', aim: 100 }]
}
