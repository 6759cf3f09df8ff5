import type { Stage } from './stage.ts'

const vitest = (...projects: string[]): Stage['command'] => [
  'vitest',
  'run',
  ...projects.map((project) => `--project=${project}`),
  ...['--passWithNoTests', '--reporter=default', '--reporter=./scripts/stages/countReporter.ts'],
]

export const lint: Stage = { name: 'lint', command: ['biome', 'ci', '--colors=off'] }
export const types: Stage = { name: 'types', command: ['tsc', '-b'] }
export const unusedCode: Stage = { name: 'unused code', command: ['knip', '--no-progress'] }
export const unitTests: Stage = { name: 'unit tests', command: vitest('unit', 'process'), counts: true }
export const slowTests: Stage = { name: 'slow tests', command: vitest('slow'), counts: true }
export const packaging: Stage = { name: 'packaging', command: ['npm', 'run', '--silent', 'package'] }
export const endToEnd: Stage = { name: 'end to end', command: vitest('e2e'), counts: true }
