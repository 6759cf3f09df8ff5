import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './places.mjs'
import { runLogged } from './runLogged.mjs'

/** What Debian's own tool makes a minimal system with: the sandbox image of the tests starts from it, without a registry. */
const recipe = [
  '--variant=minbase',
  '--include=ca-certificates,perl-base',
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  'trixie',
]
const mirror = process.env.PADDOCK_APT_MIRROR || 'http://deb.debian.org/debian'
const version = createHash('sha256').update(recipe.join('\0')).digest('hex').slice(0, 12)

/** Docker's things for tests: engine data, and the base system as an archive. */
export const dockerFolder = join(cacheFolder, 'docker')

/** The base image: its name in an engine, and the archive that it is imported from. */
export const dockerBase = { name: `paddock-base:${version}`, archive: join(dockerFolder, `base-${version}.tar`) }

/** Makes the archive. Needs root, as Docker does for the tests. */
export const dockerBasePart = {
  what: 'a Debian base system for Docker (once, about a minute)',
  missing: () => !existsSync(dockerBase.archive),
  async install() {
    mkdirSync(dockerFolder, { recursive: true })
    for (const name of readdirSync(dockerFolder)) {
      if (name.startsWith('base-')) rmSync(join(dockerFolder, name), { recursive: true })
    }
    const aside = `${dockerBase.archive}.new.tar`
    await runLogged('docker-base', ['mmdebstrap', ...recipe, aside, mirror])
    renameSync(aside, dockerBase.archive)
  },
}
