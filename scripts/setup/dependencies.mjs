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
    if (!packagesMatchLock()) await npm('npm-ci', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
    if (nodeVersion() < 24) await npm('node-24', ['rebuild', 'node', '--ignore-scripts=false'])
    if (nodeVersion() < 24) throw new SetupStopped(`The npm package \`node\` brought no working Node 24 to ${node24}.`)
  },
}

/**
 * @param {string} log
 * @param {string[]} args
 */
function npm(log, args) {
  return runLogged(log, ['npm', ...args], { cwd: repository })
}

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

/** 0 where there is none, or where programs would not find it. */
function nodeVersion() {
  if (!existsSync(node24) || !existsSync(join(repository, 'node_modules/.bin/node'))) return 0
  try {
    return Number.parseInt(execFileSync(node24, ['--version'], { encoding: 'utf8' }).slice(1), 10)
  } catch {
    return 0
  }
}
