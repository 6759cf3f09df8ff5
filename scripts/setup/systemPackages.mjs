import { existsSync, readdirSync } from 'node:fs'
import { onPath, serverMain } from './places.mjs'
import { runLogged } from './runLogged.mjs'
import { SetupStopped, say } from './say.mjs'

/**
 * What Debian has to bring, and what for. `build` packages are needed only until the VS Code server is compiled.
 * @type {readonly { name: string, purpose: 'sandbox' | 'browser' | 'build' | 'docker' | 'trace', there: () => boolean }[]}
 */
const packages = [
  { name: 'bubblewrap', purpose: 'sandbox', there: () => onPath('bwrap') !== null },
  { name: 'perl-base', purpose: 'sandbox', there: () => onPath('perl') !== null },
  { name: 'util-linux', purpose: 'sandbox', there: () => onPath('unshare') !== null },
  { name: 'strace', purpose: 'trace', there: () => onPath('strace') !== null },
  { name: 'docker.io', purpose: 'docker', there: () => onPath('dockerd') !== null },
  { name: 'mmdebstrap', purpose: 'docker', there: () => onPath('mmdebstrap') !== null },
  { name: 'chromium', purpose: 'browser', there: () => onPath('chromium') !== null },
  { name: 'python3', purpose: 'build', there: () => onPath('python3') !== null },
  { name: 'make', purpose: 'build', there: () => onPath('make') !== null },
  { name: 'g++', purpose: 'build', there: () => onPath('g++') !== null },
  { name: 'pkg-config', purpose: 'build', there: () => onPath('pkg-config') !== null },
  { name: 'libkrb5-dev', purpose: 'build', there: () => header('gssapi/gssapi.h') },
  { name: 'libx11-dev', purpose: 'build', there: () => header('X11/Xlib.h') },
  { name: 'libxkbfile-dev', purpose: 'build', there: () => header('X11/extensions/XKBfile.h') },
  { name: 'libsecret-1-dev', purpose: 'build', there: () => header('libsecret-1/libsecret/secret.h') },
]

/**
 * The Debian packages for these needs, installed where the person may; otherwise set-up stops with the one command.
 * @param {import('../setup.mjs').Needs} needs
 */
export function systemPackages(needs) {
  const missing = () => missingPackages(needs)
  return {
    what: 'Debian packages',
    missing: () => missing().length > 0,
    /** Said before anything else is begun. */
    mayInstall() {
      const may = process.getuid?.() === 0 && onPath('apt-get') !== null
      if (!may) throw new SetupStopped(oneCommand(missing()))
    },
    async install() {
      const names = missing()
      say(`apt-get install ${names.join(' ')}`)
      const env = { DEBIAN_FRONTEND: 'noninteractive' }
      const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...names]
      if (!packageListsThere()) await runLogged('apt-update', ['apt-get', 'update'], { env })
      try {
        await runLogged('apt-install', install, { env })
      } catch {
        // Old lists name versions that the mirror no longer has.
        await runLogged('apt-update', ['apt-get', 'update'], { env })
        await runLogged('apt-install', install, { env })
      }
      const still = missing()
      if (still.length > 0) throw new SetupStopped(`apt-get installed ${still.join(', ')}, but they cannot be found.`)
    },
  }
}

/** @param {import('../setup.mjs').Needs} needs */
function missingPackages(needs) {
  if (process.platform !== 'linux') return []
  const purposes = {
    sandbox: true,
    browser: needs.browser === true,
    docker: needs.docker === true,
    trace: needs.trace === true,
    build: needs.editor === true && !existsSync(serverMain),
  }
  return packages.filter((each) => purposes[each.purpose] && !each.there()).map((each) => each.name)
}

/** @param {string[]} names */
function oneCommand(names) {
  if (onPath('apt-get')) {
    return `Some system packages are missing. Run this once, then start again:\n\n  sudo apt-get update && sudo apt-get install -y ${names.join(' ')}\n`
  }
  return `Some programs are missing. Install them with your system's package manager (named as in Debian): ${names.join(' ')}`
}

/** @param {string} path */
function header(path) {
  const folders = ['/usr/include', `/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`]
  return folders.some((folder) => existsSync(`${folder}/${path}`))
}

function packageListsThere() {
  try {
    return readdirSync('/var/lib/apt/lists').some((name) => name.includes('_Packages'))
  } catch {
    return false
  }
}
