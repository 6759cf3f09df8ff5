import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

// Imports that ARCHITECTURE.md has no arrow for, planted where they must be refused, and some that it has.
const refused = [
  ['daemon/protocol', '../session/log.ts'],
  ['daemon/protocol', 'node:fs'],
  ['daemon/layer', '../session/log.ts'],
  ['daemon/skill', '#client/connect.ts'],
  ['daemon/agent', '../sandbox/execServer/wire.ts'],
  ['daemon/approval', '../server/wire.ts'],
  ['daemon/session', '../agent/models/openai.ts'],
  ['daemon/egress', '../session/log.ts'],
  ['daemon/egress', '../sandbox/execServer/wire.ts'],
  ['daemon/session', '../sandbox/execServer/wire.ts'],
  ['daemon/doctor', '../sandbox/execServer/wire.ts'],
  ['daemon/doctor', '../egress/egress.ts'],
  ['daemon/server', '../agent/loop.ts'],
  ['daemon/server/handlers', '../../layer/layer.ts'],
  ['daemon/cli', 'vscode'],
  ['extension', '../daemon/session/log.ts'],
  ['extension', 'zod'],
  ['webview-ui', '#client/connect.ts'],
  ['webview-ui', 'vscode'],
] as const
const allowed = [
  ['daemon/session', '../agent/loop.ts'],
  ['daemon/egress', '../sandbox/sandbox.ts'],
  ['daemon/doctor', '../sandbox/sandbox.ts'],
  ['daemon/server', '../session/log.ts'],
  ['extension', '#client/connect.ts'],
  ['webview-ui', '#protocol/sessionState.ts'],
] as const

let repository: string
let refusals: Set<string>
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'paddock-arrows-'))
  const { $schema: _, ...rules } = JSON.parse(readFileSync('biome.json', 'utf8'))
  plant('biome.json', JSON.stringify({ ...rules, vcs: { enabled: false } }))
  for (const [folder, imported] of [...refused, ...allowed]) {
    plant(fileOf(folder, imported), `import * as planted from '${imported}'\nexport { planted }\n`)
  }
  const biome = join(process.cwd(), 'node_modules/.bin/biome')
  const { stdout } = spawnSync(biome, ['lint', '--reporter=json', '--max-diagnostics=none'], {
    cwd: repository,
    encoding: 'utf8',
  })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string } }[] }
  const restricted = diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports')
  refusals = new Set(restricted.map(({ location }) => location.path))
})
afterAll(() => rmSync(repository, { recursive: true }))

function fileOf(folder: string, imported: string): string {
  return `${folder}/${imported.replaceAll(/[^a-z]/g, '_')}.ts`
}

function plant(path: string, text: string): void {
  const file = join(repository, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

test.each(refused)('%s may not import %s', (folder, imported) => {
  expect([...refusals]).toContain(fileOf(folder, imported))
})

test.each(allowed)('%s may import %s', (folder, imported) => {
  expect([...refusals]).not.toContain(fileOf(folder, imported))
})
