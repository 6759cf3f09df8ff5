import { chmod, mkdir, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderNotUsable, sandboxUnavailable } from '#protocol/errors.ts'
import type { Limits, SandboxStatus } from '#protocol/sandbox.ts'
import { Cgroups } from '../cgroup/cgroups.ts'
import { Confinement } from '../cgroup/confinement.ts'
import type { ExecSandbox } from '../execServer/execSandbox.ts'
import { isAlive, processName } from '../processName.ts'
import type { NetworkPort, OpenParams, Sandbox, SandboxProvider } from '../sandbox.ts'
import { BubblewrapSandbox } from './bubblewrapSandbox.ts'
import { type Diagnosis, diagnose } from './diagnosis.ts'
import type { Mechanism, Plan } from './launch.ts'
import { findMechanism } from './mechanism.ts'
import { sandboxView, whyNotUsable } from './sandboxView.ts'

/**
 * Sandboxes of Linux namespaces, for any user: bubblewrap over an overlay in a user namespace. `hide` are the daemon's own
 * folders, which nothing inside sees; layers may lie in them. The first of them is where `probe` tries.
 */
export function bubblewrapProvider(options: { hide: readonly string[] }): SandboxProvider {
  return new ViewProvider(options.hide, { name: 'bubblewrap', find: findMechanism, open: BubblewrapSandbox.open })
}

/** A kind whose sandboxes lie over a `SandboxView`, and how it makes one. */
export interface ViewKind<M extends Mechanism> {
  readonly name: string
  find(): Promise<M | Diagnosis>
  /** Rejects with `StartFailure`. */
  open(plan: Plan<M>, network: NetworkPort | undefined): Promise<ExecSandbox>
  /** Whether a process inside is one that the machine's kernel can count; absent is yes. */
  readonly countsProcesses?: boolean
  /** Where what runs over a layer is saved, for a kind that can. Makes it. */
  memoryFolder?(store: string, upper: string): Promise<string>
}

type StartParams = Omit<OpenParams, 'layer'> & { layer: Plan['layer'] }

/** Opens sandboxes of any kind that lies over a `SandboxView`. */
export class ViewProvider<M extends Mechanism> implements SandboxProvider {
  readonly kind: string
  readonly layers = ['overlay'] as const
  readonly #hide: readonly string[]
  readonly #kind: ViewKind<M>
  /** The `upper` of every sandbox that is open or opening. */
  readonly #layersInUse = new Set<string>()
  #probe: Promise<SandboxStatus> | undefined
  #mechanism: M | undefined
  readonly #cgroups: Cgroups
  /** What daemons before this one left. */
  #cleaned: Promise<void> | undefined

  constructor(hide: readonly string[], kind: ViewKind<M>) {
    this.kind = kind.name
    this.#hide = hide
    this.#kind = kind
    this.#cgroups = new Cgroups(hide[0] ?? tmpdir())
  }

  cleanUp(): Promise<void> {
    this.#cleaned ??= this.#clean().catch(() => {})
    return this.#cleaned
  }

  probe(): Promise<SandboxStatus> {
    if (this.#probe) return this.#probe
    const probing = this.#tryOut()
    this.#probe = probing
    void probing.then((status) => {
      if (status.type !== 'ready') this.#probe = undefined
    })
    return probing
  }

  async open({ layer, ...rest }: OpenParams): Promise<Sandbox> {
    if (layer.type !== 'overlay') {
      throw sandboxUnavailable(this.kind, 'It mounts its layers and cannot take a copy.', 'Use an overlay layer.')
    }
    const root = await realpath(layer.lower).catch(() => undefined)
    if (!root || !(await stat(root)).isDirectory()) throw folderNotUsable(layer.lower, 'it is not there.')
    const why = whyNotUsable({ root, home: await userHome(), hide: this.#hide })
    if (why) throw folderNotUsable(layer.lower, why)
    const upper = await realpath(layer.upper).catch(() => layer.upper)
    if (this.#layersInUse.has(upper)) {
      throw sandboxUnavailable(this.kind, 'This layer is open in another sandbox.', 'Close that one first.')
    }
    this.#layersInUse.add(upper)
    try {
      const sandbox = await this.#start(root, { ...rest, layer })
      if ('fix' in sandbox) {
        // What worked before is looked for and tried anew.
        this.#mechanism = undefined
        this.#probe = undefined
        throw sandboxUnavailable(this.kind, sandbox.why, sandbox.fix)
      }
      void sandbox.closed.then(() => this.#layersInUse.delete(upper))
      return sandbox
    } catch (error) {
      this.#layersInUse.delete(upper)
      throw error
    }
  }

  async #start(
    root: string,
    { layer, home: storedHome, store, identity, limits, network }: StartParams,
  ): Promise<ExecSandbox | Diagnosis> {
    const mechanism = this.#mechanism ?? (await this.#kind.find())
    if ('fix' in mechanism) return mechanism
    this.#mechanism = mechanism
    const home = await userHome()
    if (home === '/')
      return { why: 'Your user has no home folder.', fix: 'Set HOME to a folder and restart the daemon.' }
    await mkdir(storedHome, { recursive: true, mode: 0o700 })
    const view = sandboxView({
      ...{ root, home, hide: this.#hide, path: process.env['PATH'] ?? '' },
      memoryMiB: limits?.memoryMiB,
    })
    const shown = identity === undefined ? {} : { identity: await realpath(identity) }
    const memory = await this.#kind.memoryFolder?.(store, layer.upper)
    try {
      const confinement = await this.#confine(limits ?? {}, [layer.upper, storedHome])
      const plan = { mechanism, view, root, home, storedHome, layer, confinement, limits: confinement.forServer }
      return await this.#kind.open({ ...plan, ...shown, ...(memory === undefined ? {} : { memory }) }, network)
    } catch (error) {
      // A program that was there the last time may not be any more.
      const found = await this.#kind.find()
      return 'fix' in found ? found : diagnose(error, layer.upper)
    }
  }

  async #confine(limits: Limits, folders: readonly string[]): Promise<Confinement> {
    await this.cleanUp()
    return Confinement.make(limits, this.#cgroups, { folders, countsProcesses: this.#kind.countsProcesses ?? true })
  }

  /** Makes a sandbox over an empty folder where layers lie, and runs a command in it. */
  async #tryOut(): Promise<SandboxStatus> {
    const { kind } = this
    const unavailable = ({ why, fix }: Diagnosis): SandboxStatus => ({ type: 'unavailable', kind, why, fix })
    let folder: string | undefined
    try {
      folder = await realpath(await this.#scratchFolder())
      const [root, upper, work, home, store] = ['workspace', 'upper', 'work', 'home', 'store'].map((name) =>
        join(folder!, name),
      ) as [string, string, string, string, string]
      for (const path of [root, upper, work]) await mkdir(path)
      const sandbox = await this.#start(root, { layer: { lower: root, upper, work }, home, store })
      if ('fix' in sandbox) return unavailable(sandbox)
      const { end } = await sandbox.exec({ line: 'exit 7' })
      await sandbox.close()
      if (end.type === 'exited' && end.code === 7) return { type: 'ready', kind }
      return unavailable({
        why: `A command in a sandbox ended oddly: ${JSON.stringify(end)}.`,
        fix: 'See the daemon log.',
      })
    } catch (error) {
      return unavailable({ why: `The sandbox could not be tried: ${String(error)}`, fix: 'See the daemon log.' })
    } finally {
      if (folder) await removeProbe(folder)
    }
  }

  /** What killed daemons left: control groups, and folders of probes. */
  async #clean(): Promise<void> {
    await this.#cgroups.clean()
    for (const folder of [...this.#hide, tmpdir()]) {
      for (const name of await readdir(folder).catch(() => [])) {
        const [, owner] = /^paddock-probe-(\d+\.\d+)-\w{6}$/.exec(name) ?? []
        if (owner && !isAlive(owner)) await removeProbe(join(folder, name))
      }
    }
  }

  async #scratchFolder(): Promise<string> {
    for (const folder of [...this.#hide, tmpdir()]) {
      const made = await mkdtemp(join(folder, `paddock-probe-${processName(process.pid)}-`)).catch(() => undefined)
      if (made) return made
    }
    throw new Error('no temporary folder could be made')
  }
}

async function removeProbe(folder: string): Promise<void> {
  // The kernel leaves it unreadable where the sandbox was killed.
  await chmod(join(folder, 'work', 'work'), 0o700).catch(() => {})
  await rm(folder, { recursive: true, force: true }).catch(() => {})
}

/** The user's home without links; `/` where there is none. */
async function userHome(): Promise<string> {
  return realpath(homedir()).catch(() => '/')
}
