// The way in for every npm script: brings what the script needs, then hands over to Node 24.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { node24, onPath, repository } from './setup/places.mjs'
import { SetupStopped } from './setup/say.mjs'
import { setUp } from './setup.mjs'

const [name = '', ...args] = process.argv.slice(2)

// Only root may install gVisor and start Docker's engine; for others the tests use what is there, or are skipped.
const asRoot = process.platform === 'linux' && process.getuid?.() === 0

/** @type {Record<string, import('./setup.mjs').Needs>} */
const needsOf = {
  start: { editor: onPath('code') === null },
  test: args.includes('--quick') ? {} : { editor: true, browser: true, docker: asRoot, gvisor: asRoot, trace: asRoot },
  check: {},
  build: {},
  bench: { editor: true, browser: true, docker: asRoot, gvisor: asRoot },
}

const needs = args.includes('--help') ? {} : needsOf[name]
if (!(name in needsOf) || !needs) {
  process.stderr.write(`Usage: node scripts/run.mjs ${Object.keys(needsOf).join(' | ')} [arguments]\n`)
  process.exit(2)
}
try {
  await setUp(needs)
} catch (error) {
  if (!(error instanceof SetupStopped)) throw error
  process.stderr.write(`\n${error.message}\n`)
  process.exit(1)
}

const child = spawn(node24, [join(repository, 'scripts', `${name}.ts`), ...args], {
  cwd: repository,
  stdio: 'inherit',
  env: { ...process.env, PATH: [join(repository, 'node_modules/.bin'), process.env.PATH].join(delimiter) },
})
// Ctrl+C reaches the child from the terminal as well; here it only must not end the one who waits.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
process.on('SIGHUP', () => child.kill('SIGHUP'))
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)))
