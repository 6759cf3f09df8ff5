import { mkdir, mkdtemp, realpath, rm, rmdir, stat } from 'node:fs/promises'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Container } from 'dockerode'
import { folderNotUsable, ProtocolError, sandboxUnavailable } from '#protocol/errors.ts'
import type { Limits, SandboxStatus } from '#protocol/sandbox.ts'
import { whyNotUsable } from '../bubblewrap/sandboxView.ts'
import { Confinement } from '../cgroup/confinement.ts'
import type { Environment } from '../environment.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { StartFailure, type Transport } from '../execServer/transport.ts'
import { ranOutWords } from '../memoryWords.ts'
import type { LimitsInForce, OpenParams, Sandbox, SandboxProvider } from '../sandbox.ts'
import { startAttached } from './attach.ts'
import { containerOptions } from './containerOptions.ts'
import { dockerEnvironment } from './dockerEnvironment.ts'
import type { ConnectedEngine, DockerHost } from './dockerHost.ts'
import { DockerSandbox } from './dockerSandbox.ts'
import { DockerTrouble, diagnoseEngine, type Engine, type EngineFacts, shortHash } from './engine.ts'
import { passingLabels } from './leftovers.ts'
import { makeMountPoint } from './mountPoint.ts'
import { overlayOptions } from './overlayVolume.ts'
import { linkedRoot } from './prepareSystem.ts'
import { ranOutOfMemory } from './ranOutOfMemory.ts'
import { systemFolder } from './system.ts'

/** Another of the engine's runtimes, such as `runsc`, and what a sandbox is called that it runs. */
export interface Runtime {
  readonly name: string
  readonly kind: string
}

/** Sandboxes that are containers of Docker's engine on this machine. */
export function dockerProvider(
  host: DockerHost,
  runtime?: Runtime,
): SandboxProvider & { readonly environment: Environment } {
  return new DockerProvider(host, runtime)
}

class DockerProvider implements SandboxProvider {
  readonly kind: string
  readonly layers = ['overlay'] as const
  readonly environment: Environment
  readonly #host: DockerHost
  readonly #runtime: Runtime | undefined
  /** The `upper` of every sandbox that is open or opening. */
  readonly #layersInUse = new Set<string>()
  #probe: Promise<SandboxStatus> | undefined

  constructor(host: DockerHost, runtime: Runtime | undefined) {
    this.kind = runtime?.kind ?? 'docker'
    this.#host = host
    this.#runtime = runtime
    this.environment = dockerEnvironment(this.kind, async () => (await host.connect()).systems)
  }

  async probe(): Promise<SandboxStatus> {
    // What worked once works while the engine answers.
    if (this.#probe && (await this.#host.answers())) return this.#probe
    const probing = this.#tryOut()
    this.#probe = probing
    const status = await probing
    if (status.type !== 'ready') this.#probe = undefined
    return status
  }

  async open(params: OpenParams): Promise<Sandbox> {
    const { layer } = params
    if (layer.type !== 'overlay') {
      throw sandboxUnavailable(this.kind, 'It mounts its layers and cannot take a copy.', 'Use an overlay layer.')
    }
    const root = await realpath(layer.lower).catch(() => undefined)
    if (!root || !(await stat(root)).isDirectory()) throw folderNotUsable(layer.lower, 'it is not there.')
    const why = whyNotUsable({ root, home: await userHome(), hide: this.#host.options.hide })
    if (why) throw folderNotUsable(layer.lower, why)
    const upper = await realpath(layer.upper).catch(() => layer.upper)
    if (this.#layersInUse.has(upper)) {
      throw sandboxUnavailable(this.kind, 'This layer is open in another sandbox.', 'Close that one first.')
    }
    this.#layersInUse.add(upper)
    try {
      const sandbox = await this.#start(root, { ...params, layer }, true)
      void sandbox.closed.then(() => this.#layersInUse.delete(upper))
      return sandbox
    } catch (error) {
      this.#layersInUse.delete(upper)
      if (error instanceof ProtocolError) throw error
      const { why, fix } = diagnoseEngine(error)
      throw sandboxUnavailable(this.kind, why, fix)
    }
  }

  async #start(
    root: string,
    params: OpenParams & { layer: { type: 'overlay' } & Record<'lower' | 'upper' | 'work', string> },
    mayBuild: boolean,
  ): Promise<DockerSandbox> {
    const { layer, limits = {}, network } = params
    const { owner, user } = this.#host
    const { engine, facts } = await this.#connect()
    const home = await userHome()
    if (home === '/') {
      throw new DockerTrouble({ why: 'Your user has no home folder.', fix: 'Set HOME and restart the daemon.' })
    }
    for (const folder of [params.home, params.store]) await mkdir(folder, { recursive: true, mode: 0o700 })
    const [storedHome, store] = [await realpath(params.home), await realpath(params.store)]
    const image = params.image ? await this.#host.named(params.image) : await this.#host.own(this.kind, mayBuild)
    const { base, system } = await this.#host.system(store, image)
    if (!params.image) void this.#host.tidy(image)
    const inHome = root.startsWith(`${home}/`)
    if (inHome && !makeMountPoint(storedHome, root.slice(home.length + 1))) {
      const why = `In the sandbox's home something else than a folder is where the workspace belongs, ${root}.`
      throw new DockerTrouble({ why, fix: `Remove it from ${storedHome}.` })
    }
    const o = overlayOptions({ lower: root, upper: layer.upper, work: layer.work })
    const layerVolume = `paddock-${owner}-layer-${shortHash(o)}`
    await engine
      .getVolume(layerVolume)
      .remove()
      .catch(() => {})
    await engine.createVolume({
      Name: layerVolume,
      Driver: 'local',
      DriverOpts: { type: 'overlay', device: 'overlay', o },
      Labels: passingLabels(owner),
    })
    const end = async () => {
      await engine
        .getVolume(layerVolume)
        .remove()
        .catch(() => {})
      // The engine made it as root; empty, as it is now, its owner's folder lets it go.
      await rmdir(join(layer.work, 'work')).catch(() => {})
    }
    let server: ExecServer | undefined
    try {
      const own = await commandEnvironment(engine, base.image, home, base.shell)
      const isRoot = user.startsWith('0:')
      const environment = this.#runtime && !isRoot ? { ...own, ...packagesByLinks } : own
      const identity = params.identity ? await realpath(params.identity) : undefined
      const confinement = await Confinement.make(
        limits.diskMiB === undefined ? {} : { diskMiB: limits.diskMiB },
        { make: async () => undefined },
        { folders: [layer.upper, storedHome, systemFolder(store)], countsProcesses: false },
      )
      const container = await engine.createContainer(
        containerOptions({
          ...{ owner, user, base, system, layerVolume, root, home, storedHome },
          ...{ identity, limits, environment, runtime: this.#runtime?.name },
        }),
      )
      const mountedAt = Date.now()
      server = await ExecServer.start(await this.#transport(engine, container))
      const sandbox = new DockerSandbox(container, {
        ...{
          kind: this.kind,
          runner: this.#runtime && 'docker',
          server,
          root,
          home,
          environment,
          shell: base.shell,
          mountedAt,
        },
        limits: inForce(limits, facts, this.#runtime),
        confinement,
        ...(network ? { network } : {}),
        onEnd: end,
      })
      await refuseWrongPlaces(sandbox, [root, home])
      return sandbox
    } catch (error) {
      await server?.end('it could not be used')
      await end()
      if (!(error instanceof StartFailure)) throw error
      const words = `${error.message} ${error.stderr}`.trim().slice(0, 1_000)
      throw new DockerTrouble({ why: `The container did not start: ${words}`, fix: 'See the daemon log for more.' })
    }
  }

  async #transport(engine: Engine, container: Container): Promise<Transport> {
    const transport = await startAttached(container)
    if (!this.#runtime) return transport
    const ended = transport.ended.then(async (how) =>
      (await ranOutOfMemory(engine, container.id)) ? ranOutWords : how,
    )
    return { ...transport, ended }
  }

  async #connect(): Promise<ConnectedEngine> {
    const connected = await this.#host.connect()
    const name = this.#runtime?.name
    if (name === undefined || connected.facts.runtimes.includes(name)) return connected
    // It may be there now.
    this.#host.disconnect()
    const why = `Docker knows no runtime ${name}.`
    throw new DockerTrouble({ why, fix: 'Register it in /etc/docker/daemon.json and restart Docker.' })
  }

  /** Makes a sandbox over an empty folder where layers lie, and runs a command in it. */
  async #tryOut(): Promise<SandboxStatus> {
    const { kind } = this
    let folder: string | undefined
    try {
      folder = await realpath(await this.#scratchFolder())
      const [lower, upper, work, home, store] = ['workspace', 'upper', 'work', 'home', 'store'].map((name) =>
        join(folder!, name),
      ) as [string, string, string, string, string]
      for (const path of [lower, upper, work]) await mkdir(path)
      const layer = { type: 'overlay', lower, upper, work } as const
      const sandbox = await this.#start(lower, { layer, home, store }, false)
      const { end } = await sandbox.exec({ line: 'exit 7' })
      await sandbox.close()
      await (await this.#host.connect()).systems.forget(await realpath(store))
      if (end.type === 'exited' && end.code === 7) return { type: 'ready', kind }
      const why = `A command in a sandbox ended oddly: ${JSON.stringify(end)}.`
      return { type: 'unavailable', kind, why, fix: 'See the daemon log.' }
    } catch (error) {
      return { type: 'unavailable', kind, ...diagnoseEngine(error) }
    } finally {
      if (folder) await rm(folder, { recursive: true, force: true }).catch(() => {})
    }
  }

  async #scratchFolder(): Promise<string> {
    for (const folder of [...this.#host.options.hide, tmpdir()]) {
      const made = await mkdtemp(join(folder, 'paddock-probe-')).catch(() => undefined)
      if (made) return made
    }
    throw new Error('no temporary folder could be made')
  }
}

/** What commands find in their environment: the image's own, and who and where they are. Nothing of the daemon's. */
async function commandEnvironment(
  engine: Engine,
  image: string,
  home: string,
  shell: string,
): Promise<Record<string, string>> {
  const { Config } = await engine.getImage(image).inspect()
  const own = (Config?.Env ?? []).map((pair) => [pair.split('=', 1)[0]!, pair.slice(pair.indexOf('=') + 1)])
  const user = process.getuid?.() === 0 ? 'root' : userName()
  const image_ = Object.fromEntries(own) as Record<string, string>
  const path = image_['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  return {
    ...image_,
    PATH: `${path}:${join(home, '.local/bin')}`,
    HOME: home,
    USER: user,
    LOGNAME: user,
    SHELL: shell,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: '/tmp',
    PADDOCK: '1',
  }
}

/** For dpkg. */
const packagesByLinks = { DPKG_ROOT: linkedRoot, DPKG_FORCE: 'not-root,script-chrootless' }

/** How the engine holds each limit that was asked for; the exec server holds those of single processes. */
function inForce(limits: Limits, { limits: can }: EngineFacts, runtime: Runtime | undefined): LimitsInForce {
  const holds = {
    memoryMiB: can.memory ? 'whole' : 'notEnforced',
    processes: can.processes && !runtime ? 'whole' : 'notEnforced',
    cpus: can.cpus ? 'whole' : 'notEnforced',
    openFiles: 'perProcess',
    fileMiB: 'perProcess',
    outputMiB: 'perProcess',
    diskMiB: 'whole',
  } as const
  const asked = Object.entries(holds).filter(([name]) => limits[name as keyof Limits] !== undefined)
  return Object.fromEntries(asked)
}

/** A link that an agent left must not have led the engine's mounts elsewhere. */
async function refuseWrongPlaces(sandbox: Sandbox, places: readonly string[]): Promise<void> {
  const read = await sandbox.readFile('/proc/self/mountinfo')
  const lines = read.type === 'read' ? Buffer.from(read.bytes).toString().split('\n') : []
  const octal = (path: string) =>
    path.replace(/[\\\s]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
  const mounted = new Set(lines.map((line) => line.split(' ')[4]))
  const missing = places.find((place) => !mounted.has(octal(place)))
  if (missing === undefined) return
  throw new DockerTrouble({
    why: `Docker did not mount ${missing} at its place.`,
    fix: 'Try again, or reset the sandbox.',
  })
}

/** The user's home without links; `/` where there is none. */
async function userHome(): Promise<string> {
  return realpath(homedir()).catch(() => '/')
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'user'
  }
}
