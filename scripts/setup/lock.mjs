import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheFolder } from './places.mjs'
import { say } from './say.mjs'

const lock = join(cacheFolder, 'setup.lock')

/**
 * Runs `work` while no other set-up of this user does.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  mkdirSync(cacheFolder, { recursive: true })
  for (let said = false; !take(); said = true) {
    if (!said) say('another set-up is running; waiting for it')
    await delay(500)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    removeIfLeftBehind()
    return false
  }
}

/** A set-up that was killed leaves its lock. Renamed before it goes, so that of two that see this only one takes it away. */
function removeIfLeftBehind() {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    if (pid === 0 || runs(pid)) return
    const aside = `${lock}.${process.pid}`
    renameSync(lock, aside)
    rmSync(aside)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error
  }
}

/** @param {number} pid */
function runs(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
