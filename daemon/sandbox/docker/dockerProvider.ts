import { mkdir, mkdtemp, realpath, rm, rmdir, stat } from 'node:fs/promises'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { folderNotUsable, ProtocolError, sandboxUnavailable } from '#protocol/errors.ts'
import type { Limits, SandboxStatus } from '#protocol/sandbox.ts'
import { whyNotUsable } from '../bubblewrap/sandboxView.ts'
import { Confinement } from '../cgroup/confinement.ts'
import type { Environment } from '../environment.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { StartFailure } from '../execServer/transport.ts'
import type { LimitsInForce, OpenParams, Sandbox, SandboxProvider } from '../sandbox.ts'
import { startAttached } from './attach.ts'
import { containerOptions } from './containerOptions.ts'
import { dockerEnvironment } from './dockerEnvironment.ts'
import { DockerSandbox } from './dockerSandbox.ts'
import {
  connectEngine,
  DockerTrouble,
  diagnoseEngine,
  type Engine,
  type EngineFacts,
  engineFacts,
  shortHash,
} from './engine.ts'
import { buildImage, findImage, imageName, ownRecipe, pullImage, type Recipe, removeOldImages } from './image.ts'
import { passingLabels, removeLeftovers } from './leftovers.ts'
import { makeMountPoint } from './mountPoint.ts'
import { overlayOptions } from './overlayVolume.ts'
import { Systems, systemFolder } from './system.ts'

export interface DockerOptions {
  /** The daemon's own folders, which no workspace may be or lie in. The first is the data folder. */
  readonly hide: readonly string[]
  /** Docker's socket; where absent what DOCKER_HOST says, or Docker's own place. */
  readonly socketPath?: string
  /** Of the image that is built where none is named. */
  readonly recipe?: Recipe
  /** Containers, images and volumes carry it: two daemons never touch each other's. */
  readonly owner?: string
  /** A line for each step of what takes long: building or fetching an image. */
  readonly onProgress?: (line: string) => void
  /** Another of the engine's runtimes, such as `runsc`, and what a sandbox is called that it runs. */
  readonly runtime?: { readonly name: string; readonly kind: string }
}

/** Sandboxes that are containers of Docker's engine on this machine. */
export function dockerProvider(options: DockerOptions): SandboxProvider & { readonly environment: Environment } {
  return new DockerProvider(options)
}

interface Ready {
  readonly engine: Engine
  readonly facts: EngineFacts
  readonly systems: Systems
}

class DockerProvider implements SandboxProvider {
  readonly kind: string
  readonly layers = ['overlay'] as const
  readonly environment: Environment
  readonly #options: DockerOptions
  readonly #owner: string
  readonly #user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  readonly #recipe: Recipe
  readonly #progress: (line: string) => void
  /** The `upper` of every sandbox that is open or opening. */
  readonly #layersInUse = new Set<string>()
  #ready: Promise<Ready> | undefined
  #building: Promise<string> | undefined
  #probe: Promise<SandboxStatus> | undefined
  /** Volumes of one workspace are made by one at a time. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: DockerOptions) {
    this.kind = options.runtime?.kind ?? 'docker'
    this.#options = options
    this.#owner = options.owner ?? shortHash(options.hide[0] ?? homedir())
    this.#recipe = options.recipe ?? ownRecipe()
    this.#progress = options.onProgress ?? (() => {})
    this.environment = dockerEnvironment(this.kind, async () => (await this.#engine()).systems)
  }

  async probe(): Promise<SandboxStatus> {
    // What worked once works while the engine answers.
    if (this.#probe && (await this.#answers())) return this.#probe
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
    const why = whyNotUsable({ root, home: await userHome(), hide: this.#options.hide })
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
    const { engine, facts, systems } = await this.#engine()
    const home = await userHome()
    if (home === '/') {
      throw new DockerTrouble({ why: 'Your user has no home folder.', fix: 'Set HOME and restart the daemon.' })
    }
    for (const folder of [params.home, params.store]) await mkdir(folder, { recursive: true, mode: 0o700 })
    const [storedHome, store] = [await realpath(params.home), await realpath(params.store)]
    const image = params.image ? await this.#named(engine, params.image) : await this.#own(engine, mayBuild)
    const { base, system } = await this.#inTurn(async () => {
      const base = await systems.choose(store, image)
      return { base, system: await systems.mounts(store, base) }
    })
    if (!params.image) void this.#tidy(engine, systems, image)
    const inHome = root.startsWith(`${home}/`)
    if (inHome && !makeMountPoint(storedHome, root.slice(home.length + 1))) {
      const why = `In the sandbox's home something else than a folder is where the workspace belongs, ${root}.`
      throw new DockerTrouble({ why, fix: `Remove it from ${storedHome}.` })
    }
    const o = overlayOptions({ lower: root, upper: layer.upper, work: layer.work })
    const layerVolume = `paddock-${this.#owner}-layer-${shortHash(o)}`
    await engine
      .getVolume(layerVolume)
      .remove()
      .catch(() => {})
    await engine.createVolume({
      Name: layerVolume,
      Driver: 'local',
      DriverOpts: { type: 'overlay', device: 'overlay', o },
      Labels: passingLabels(this.#owner),
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
      const environment = await commandEnvironment(engine, base.image, home, base.shell)
      const identity = params.identity ? await realpath(params.identity) : undefined
      const confinement = await Confinement.make(
        limits.diskMiB === undefined ? {} : { diskMiB: limits.diskMiB },
        { make: async () => undefined },
        { folders: [layer.upper, storedHome, systemFolder(store)], countsProcesses: false },
      )
      const container = await engine.createContainer(
        containerOptions({
          ...{ owner: this.#owner, user: this.#user, base, system, layerVolume, root, home, storedHome },
          ...{ identity, limits, environment, runtime: this.#options.runtime?.name },
        }),
      )
      const mountedAt = Date.now()
      server = await ExecServer.start(await startAttached(container))
      const sandbox = new DockerSandbox(container, {
        ...{ kind: this.kind, server, root, home, environment, shell: base.shell, mountedAt },
        limits: inForce(limits, facts),
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

  /** Connected and looked at once; again after it failed. */
  #engine(): Promise<Ready> {
    if (this.#ready) return this.#ready
    const connecting = (async () => {
      const engine = await connectEngine(this.#options.socketPath)
      const facts = await engineFacts(engine)
      const { runtime } = this.#options
      if (runtime && !facts.runtimes.includes(runtime.name)) {
        const why = `Docker knows no runtime ${runtime.name}.`
        throw new DockerTrouble({ why, fix: `Register it in /etc/docker/daemon.json and restart Docker.` })
      }
      await removeLeftovers(engine, this.#owner)
      return { engine, facts, systems: new Systems(engine, this.#owner, this.#user) }
    })()
    this.#ready = connecting
    connecting.catch(() => {
      this.#ready = undefined
    })
    return connecting
  }

  async #answers(): Promise<boolean> {
    try {
      await (await this.#engine()).engine.ping()
      return true
    } catch {
      return false
    }
  }

  async #named(engine: Engine, name: string): Promise<string> {
    return (await findImage(engine, name)) ?? (await pullImage(engine, name, this.#progress))
  }

  async #own(engine: Engine, mayBuild: boolean): Promise<string> {
    const there = await findImage(engine, imageName(this.#owner, this.#recipe))
    if (there) return there
    if (!mayBuild) {
      const why = 'The sandbox image is not built yet, or its recipe changed (a few minutes, about 1 GB).'
      throw new DockerTrouble({ why, fix: 'Open a sandbox of this kind: paddock sandbox open --kind docker' })
    }
    this.#building ??= buildImage(engine, this.#owner, this.#recipe, this.#progress).finally(() => {
      this.#building = undefined
    })
    return this.#building
  }

  /** Removes images and their copies that nothing is built on any more. What cannot go now goes another time. */
  async #tidy(engine: Engine, systems: Systems, current: string): Promise<void> {
    await this.#inTurn(async () => {
      await removeOldImages(engine, this.#owner, await systems.removeUnused(current))
    }).catch(() => {})
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work)
    this.#turn = turn.catch(() => {})
    return turn
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
      await (await this.#engine()).systems.forget(await realpath(store))
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
    for (const folder of [...this.#options.hide, tmpdir()]) {
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

/** How the engine holds each limit that was asked for; the exec server holds those of single processes. */
function inForce(limits: Limits, { limits: can }: EngineFacts): LimitsInForce {
  const holds = {
    memoryMiB: can.memory ? 'whole' : 'notEnforced',
    processes: can.processes ? 'whole' : 'notEnforced',
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
