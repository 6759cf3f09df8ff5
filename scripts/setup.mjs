// Runs on any Node from 20 on, before anything is installed: plain JavaScript, no dependencies.
import { codeServerPackage } from './setup/codeServerPackage.mjs'
import { dependencies } from './setup/dependencies.mjs'
import { dockerBasePart } from './setup/dockerBase.mjs'
import { withLock } from './setup/lock.mjs'
import { runscPackage } from './setup/runscPackage.mjs'
import { say } from './setup/say.mjs'
import { systemPackages } from './setup/systemPackages.mjs'

/**
 * What a script needs beyond npm packages, Node 24 and the sandbox's programs.
 * @typedef {{ editor?: boolean, browser?: boolean, docker?: boolean, gvisor?: boolean, trace?: boolean }} Needs
 */

/**
 * Installs whatever of it is missing; costs next to nothing where all is there.
 * @param {Needs} needs
 * @returns {Promise<void>}
 */
export async function setUp(needs) {
  const system = systemPackages(needs)
  const parts = [
    system,
    dependencies,
    ...(needs.editor ? [codeServerPackage] : []),
    ...(needs.docker ? [dockerBasePart] : []),
    ...(needs.gvisor ? [runscPackage] : []),
  ]
  if (!parts.some((part) => part.missing())) return
  if (system.missing()) system.mayInstall()
  await withLock(async () => {
    for (const part of parts) {
      if (!part.missing()) continue
      const startedAt = Date.now()
      say(`installing ${part.what}…`)
      await part.install()
      say(`done in ${Math.round((Date.now() - startedAt) / 1000)} s`)
    }
  })
}
