import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, onPath } from './places.mjs'
import { runLogged } from './runLogged.mjs'
import { SetupStopped } from './say.mjs'

/** The first Debian whose gVisor works for sandboxes; the package needs nothing of its release. */
const suite = 'trixie'
const oldest = 20240101
const mirror = process.env.PADDOCK_APT_MIRROR || 'http://deb.debian.org/debian'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const folder = join(cacheFolder, 'runsc')

/** gVisor's runsc, from Debian's archive with lists of its own: the machine's sources stay as they are. Needs root. */
export const runscPackage = {
  what: 'gVisor (runsc) from Debian 13',
  missing: () => onPath('apt-get') !== null && existsSync(keyring) && installed() < oldest,
  async install() {
    rmSync(folder, { recursive: true, force: true })
    for (const name of ['sources', 'lists/partial', 'cache/archives/partial']) {
      mkdirSync(join(folder, name), { recursive: true })
    }
    const source = `Types: deb\nURIs: ${mirror}\nSuites: ${suite}\nComponents: main\nSigned-By: ${keyring}\n`
    writeFileSync(join(folder, 'sources', 'debian.sources'), source)
    const places = {
      'Etc::SourceList': '/dev/null',
      'Etc::SourceParts': 'sources',
      'State::Lists': 'lists',
      Cache: 'cache',
    }
    const own = Object.entries(places).flatMap(([name, at]) => [
      '-o',
      `Dir::${name}=${join(at.startsWith('/') ? '/' : folder, at)}`,
    ])
    // The folder may be in a home that apt's own user cannot read.
    const apt = ['apt-get', '-o', 'APT::Sandbox::User=root']
    await runLogged('runsc-update', [...apt, ...own, 'update'])
    await runLogged('runsc-download', [...apt, ...own, 'download', 'runsc'], { cwd: folder })
    const [file] = readdirSync(folder).filter((name) => name.endsWith('.deb'))
    if (!file) throw new SetupStopped('apt-get downloaded no runsc.')
    await runLogged('runsc-install', [...apt, 'install', '-y', '--no-install-recommends', join(folder, file)], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
    rmSync(folder, { recursive: true, force: true })
    if (installed() < oldest) throw new SetupStopped('apt-get installed runsc, but it does not run.')
  },
}

/** The day of the release that is there, as a number; 0 where there is none. */
function installed() {
  const runsc = onPath('runsc')
  if (!runsc) return 0
  const { stdout } = spawnSync(runsc, ['--version'], { encoding: 'utf8' })
  return Number(stdout?.match(/version .*?(\d{8})/)?.[1] ?? 0)
}
