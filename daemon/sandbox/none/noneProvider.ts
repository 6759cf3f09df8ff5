import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { sandboxUnavailable } from '#protocol/errors.ts'
import type { SandboxStatus } from '#protocol/sandbox.ts'
import { callNumbers } from '../bubblewrap/seccompFilter.ts'
import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { execServerArgs } from '../execServer/program.ts'
import type { OpenParams, Sandbox, SandboxProvider } from '../sandbox.ts'
import { bareSandbox } from './bareSandbox.ts'

const kind = 'none'
const fix = 'Use a session with a sandbox.'
/** Never the PATH: a folder of it may be the workspace's. */
const systemFolders = ['/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin']

/**
 * No sandbox: programs run on the machine itself, as the user, in a copy of the workspace. Only the copy, a home of its own
 * and an environment without the daemon's variables lie between them and everything else. Whether it may be at all is not
 * decided here, and nothing falls back to it. The network is the machine's; no secret is handed over.
 */
export function noneProvider(): SandboxProvider {
  return new NoneProvider()
}

class NoneProvider implements SandboxProvider {
  readonly kind = kind
  readonly layers = ['copy'] as const
  readonly #inUse = new Set<string>()
  #probe: Promise<SandboxStatus> | undefined

  probe(): Promise<SandboxStatus> {
    if (this.#probe) return this.#probe
    const probing = this.#tryOut()
    this.#probe = probing
    void probing.then((status) => {
      if (status.type !== 'ready') this.#probe = undefined
    })
    return probing
  }

  async open({ layer, store, limits = {} }: OpenParams): Promise<Sandbox> {
    if (layer.type !== 'copy') throw sandboxUnavailable(kind, 'It cannot mount a layer.', 'Start a new session.')
    const perl = findPerl()
    if (!perl) throw sandboxUnavailable(kind, 'There is no perl, or this is not Linux.', fix)
    const root = await realpath(layer.copy)
    if (this.#inUse.has(root)) throw sandboxUnavailable(kind, 'This layer is open already.', 'Close that one first.')
    this.#inUse.add(root)
    try {
      const [home, temporary] = [join(store, 'home'), join(store, 'tmp')]
      for (const folder of [home, temporary]) await mkdir(folder, { recursive: true, mode: 0o700 })
      // How many processes there may be is counted for the whole user, whose other programs are none of ours.
      const { processes: _, ...held } = limits
      const env = environment({ home, temporary, without: [root, layer.lower] })
      const mountedAt = Date.now()
      const server = await ExecServer.start({
        file: perl,
        args: execServerArgs({ calls: callNumbers(), keep: [root, home], limits: held }),
        env,
        filter: Buffer.alloc(0),
      })
      const memory = limits.memoryMiB === undefined ? {} : ({ memoryMiB: 'perProcess' } as const)
      const params = { kind, server, root, home, environment: env, shell: shell(), mountedAt }
      const inner = new ExecSandbox({ ...params, asked: limits, limits: memory })
      void inner.closed.then(() => this.#inUse.delete(root))
      return bareSandbox(inner)
    } catch (error) {
      this.#inUse.delete(root)
      throw sandboxUnavailable(kind, `It did not come up: ${(error as Error).message}.`, fix)
    }
  }

  async #tryOut(): Promise<SandboxStatus> {
    const folder = await mkdtemp(join(tmpdir(), 'paddock-none-'))
    try {
      const layer = { type: 'copy', lower: folder, copy: folder } as const
      const sandbox = await this.open({ layer, home: '', store: join(folder, 'store') })
      const { end } = await sandbox.exec({ line: 'exit 7' })
      await sandbox.close()
      if (end.type === 'exited' && end.code === 7) return { type: 'ready', kind }
      return { type: 'unavailable', kind, why: `A command ended oddly: ${JSON.stringify(end)}.`, fix }
    } catch (error) {
      return { type: 'unavailable', kind, why: (error as Error).message, fix }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** Nothing of the daemon's own but PATH, without what lies in the workspace. */
function environment(params: { home: string; temporary: string; without: readonly string[] }): Record<string, string> {
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => {
    const isWorkspaces = params.without.some((root) => folder === root || folder.startsWith(`${root}/`))
    return isAbsolute(folder) && !isWorkspaces && existsSync(folder)
  })
  const user = userName()
  return {
    PATH: path.join(':') || '/usr/bin:/bin',
    HOME: params.home,
    USER: user,
    LOGNAME: user,
    SHELL: shell(),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: params.temporary,
    PADDOCK: '1',
  }
}

function shell(): string {
  return existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh'
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'user'
  }
}

function findPerl(): string | undefined {
  if (process.platform !== 'linux' || Object.keys(callNumbers()).length === 0) return undefined
  return systemFolders.map((folder) => `${folder}/perl`).find((path) => existsSync(path))
}
