import { existsSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { sandboxUnavailable } from '#protocol/errors.ts'
import type { SandboxStatus } from '#protocol/sandbox.ts'
import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { execServerArgs } from '../execServer/program.ts'
import type { OpenParams, Sandbox, SandboxProvider } from '../sandbox.ts'
import { seatbeltProfile } from './profile.ts'

const kind = 'seatbelt'
const launcher = '/usr/bin/sandbox-exec'
const perl = '/usr/bin/perl'
/** Of the user's home. */
const toolFolders = ['.cargo/bin', '.rustup', '.nvm', '.volta', '.pyenv', '.rbenv', '.local/bin', 'go']

/**
 * Sandboxes of macOS' own sandbox-exec, over a copy of the folder. UNTRIED ON A MAC: the profile is tested as text, and
 * what starts it was never run. Known to be missing: a Darwin port of the exec server (it reads /proc and uses Linux' system
 * calls) and of the layer's folder walks (they open by /proc/self/fd), limits, and the way out. Until somebody has made and
 * tried these, it says that it is not available, on a Mac too, unless PADDOCK_TRY_SEATBELT=1.
 */
export function seatbeltProvider({ hide }: { hide: readonly string[] }): SandboxProvider {
  const diagnosis = () => whyNot(process.platform, process.env, existsSync(launcher))
  return {
    kind,
    layers: ['copy'],
    async probe(): Promise<SandboxStatus> {
      const why = diagnosis()
      return why ? { type: 'unavailable', kind, ...why } : { type: 'ready', kind }
    },
    async open(params) {
      const why = diagnosis()
      if (why) throw sandboxUnavailable(kind, why.why, why.fix)
      return launch(params, hide)
    },
  }
}

/** Why it cannot be had on such a machine, and what to do; undefined where it can be tried. */
export function whyNot(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
  hasLauncher: boolean,
): { why: string; fix: string } | undefined {
  if (platform !== 'darwin') {
    return { why: `Seatbelt is a part of macOS; this is ${platform}.`, fix: 'Choose bubblewrap, docker or gvisor.' }
  }
  if (!hasLauncher) return { why: `There is no ${launcher}.`, fix: 'Use a macOS that has it.' }
  if (environment['PADDOCK_TRY_SEATBELT'] === '1') return undefined
  const fix = 'Choose docker, or help to finish it with PADDOCK_TRY_SEATBELT=1.'
  return { why: 'Seatbelt sandboxes were never tried on a Mac.', fix }
}

async function launch({ layer, home, identity, limits = {}, store }: OpenParams, hide: readonly string[]) {
  if (layer.type !== 'copy') throw sandboxUnavailable(kind, 'It cannot mount a layer.', 'Start a new session.')
  const temporary = join(store, 'tmp')
  for (const folder of [home, temporary]) await mkdir(folder, { recursive: true, mode: 0o700 })
  const real = (path: string) => realpath(path)
  const userHome = await real(homedir())
  const [root, ownHome, ownTemporary] = (await Promise.all([layer.copy, home, temporary].map(real))) as [
    string,
    string,
    string,
  ]
  const profile = seatbeltProfile({
    ...{ root, home: ownHome, temporary: ownTemporary, userHome },
    identity: identity === undefined ? undefined : await real(identity),
    tools: toolFolders.map((name) => join(userHome, name)).filter((path) => existsSync(path)),
    hide: [...(await Promise.all(hide.map(real))), await real(layer.lower)],
  })
  const environment = {
    ...{ PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: ownHome, TMPDIR: ownTemporary, LANG: 'C.UTF-8' },
    ...{ SHELL: '/bin/bash', TERM: 'dumb', PADDOCK: '1' },
  }
  const mountedAt = Date.now()
  const args = ['-p', profile, perl, ...execServerArgs({ calls: {}, keep: [root, ownHome], limits })]
  const server = await ExecServer.start({ file: launcher, args, env: environment, filter: Buffer.alloc(0) }).catch(
    (error: Error) => {
      throw sandboxUnavailable(kind, `It did not come up: ${error.message}.`, 'Choose docker.')
    },
  )
  const sandbox: Sandbox = new ExecSandbox({
    ...{ kind, server, root, home: ownHome, environment, shell: '/bin/bash', mountedAt, asked: limits },
  })
  return sandbox
}
