import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTests } from '@vscode/test-electron'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readJson, repository } from '../../scripts/setup/places.mjs'
import type { Seen } from './inside/activation.ts'
import { stopDaemon } from './support/daemonProcess.ts'

let folder: string
let seen: Seen

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eh-'))
  mkdirSync(join(folder, 'workspace'))
  const inside = join(folder, 'activation.cjs')
  await build({
    entryPoints: [join(repository, 'test/e2e/inside/activation.ts')],
    outfile: inside,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  })
  const output: string[] = []
  const quiet = { write: (text: string) => output.push(String(text)) } as unknown as NodeJS.WritableStream
  await runTests({
    vscodeExecutablePath: join(repository, 'test/e2e/support/vscodeShim.ts'),
    extensionDevelopmentPath: repository,
    extensionTestsPath: inside,
    launchArgs: [
      join(folder, 'workspace'),
      `--user-data-dir=${join(folder, 'editor')}`,
      `--extensions-dir=${join(folder, 'editor/extensions')}`,
    ],
    extensionTestsEnv: { PADDOCK_HOME: join(folder, 'home'), PADDOCK_SEEN: join(folder, 'seen.json') },
    stdout: quiet,
    stderr: quiet,
  }).catch((error: unknown) => {
    throw new Error(`${error}\n${output.join('')}`)
  })
  seen = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8'))
})

afterAll(async () => {
  await stopDaemon(join(folder, 'home'))
  rmSync(folder, { recursive: true, force: true })
})

test('the extension activates in a real extension host', () => {
  console.log(`figure: activation ${seen.activationMs.toFixed(1)} ms${seen.activeBefore ? ' (was active before)' : ''}`)
  expect(seen.active).toBe(true)
})

test('every command of the manifest is there', () => {
  const { commands } = readJson(join(repository, 'package.json')).contributes
  const declared = commands.map((each: { command: string }) => each.command)
  expect(declared.length).toBeGreaterThan(0)
  expect(seen.commands).toEqual(expect.arrayContaining(declared))
})
