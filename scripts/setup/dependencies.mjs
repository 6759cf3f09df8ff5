import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { node24, readJson, repository } from './places.mjs'
import { runLogged } from './runLogged.mjs'
import { SetupStopped } from './say.mjs'

/** The npm packages of the lock file, and with them Node 24. */
export const dependencies = {
  what: 'npm packages and Node 24 (about half a minute)',
  missing: () => !packagesMatchLock() || nodeVersion() < 24,
  async install() {
    // Without install scripts: npm from 12 on refuses those that nobody approved, and only Node's own matters here.
    if (!packagesMatchLock())
      await runLogged('npm-ci', ['npm', 'ci', '--ignore-scripts', ...quiet], { cwd: repository })
    if (nodeVersion() < 24) {
      const folder = join(repository, 'node_modules/node')
      await runLogged('node-24', [process.execPath, 'installArchSpecificPackage.js'], { cwd: folder })
    }
    if (nodeVersion() < 24) throw new SetupStopped(`The npm package \`node\` brought no working Node 24 to ${node24}.`)
  },
}

const quiet = ['--no-audit', '--no-fund']

/** npm notes what it installed in node_modules; every package of the lock file must be there in the same version. */
function packagesMatchLock() {
  const wanted = readJson(join(repository, 'package-lock.json'))?.packages ?? {}
  const there = readJson(join(repository, 'node_modules/.package-lock.json'))?.packages
  if (!there) return false
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true
    return there[path] ? there[path].version === version : optional === true
  })
}

function nodeVersion() {
  if (!existsSync(node24)) return 0
  try {
    return Number.parseInt(execFileSync(node24, ['--version'], { encoding: 'utf8' }).slice(1), 10)
  } catch {
    return 0
  }
}
