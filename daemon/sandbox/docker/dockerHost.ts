import { homedir } from 'node:os'
import { connectEngine, DockerTrouble, type Engine, type EngineFacts, engineFacts, shortHash } from './engine.ts'
import { buildImage, findImage, imageName, ownRecipe, pullImage, type Recipe, removeOldImages } from './image.ts'
import { removeLeftovers } from './leftovers.ts'
import { type BaseSystem, type SystemMount, Systems } from './system.ts'

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
}

export interface ConnectedEngine {
  readonly engine: Engine
  readonly facts: EngineFacts
  readonly systems: Systems
}

/** Docker's engine on this machine, for all kinds that it runs: they share images, and the copies of their systems. */
export class DockerHost {
  readonly options: DockerOptions
  readonly owner: string
  /** Who commands run as, `uid:gid`. */
  readonly user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  readonly #recipe: Recipe
  readonly #progress: (line: string) => void
  #connected: Promise<ConnectedEngine> | undefined
  #building: Promise<string> | undefined
  /** Volumes are made and removed by one at a time. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: DockerOptions) {
    this.options = options
    this.owner = options.owner ?? shortHash(options.hide[0] ?? homedir())
    this.#recipe = options.recipe ?? ownRecipe()
    this.#progress = options.onProgress ?? (() => {})
  }

  /** Connected and looked at once; again after it failed. */
  connect(): Promise<ConnectedEngine> {
    if (this.#connected) return this.#connected
    const connecting = (async () => {
      const engine = await connectEngine(this.options.socketPath)
      const facts = await engineFacts(engine)
      await removeLeftovers(engine, this.owner)
      return { engine, facts, systems: new Systems(engine, this.owner, this.user) }
    })()
    this.#connected = connecting
    connecting.catch(() => this.disconnect())
    return connecting
  }

  /** What was found out is forgotten. */
  disconnect(): void {
    this.#connected = undefined
  }

  /** The names of the runtimes that it has now. Rejects where there is no engine for this user. */
  async runtimes(): Promise<readonly string[]> {
    const { engine } = await this.connect()
    return (await engineFacts(engine)).runtimes
  }

  async answers(): Promise<boolean> {
    try {
      await (await this.connect()).engine.ping()
      return true
    } catch {
      return false
    }
  }

  /** The id of the image of this name, fetched where it is not there. */
  async named(name: string): Promise<string> {
    const { engine } = await this.connect()
    return (await findImage(engine, name)) ?? (await pullImage(engine, name, this.#progress))
  }

  /** The id of Paddock's own image, built where it is not there; `kind` is what a person opens to have it built. */
  async own(kind: string, mayBuild: boolean): Promise<string> {
    const { engine } = await this.connect()
    const there = await findImage(engine, imageName(this.owner, this.#recipe))
    if (there) return there
    if (!mayBuild) {
      const why = 'The sandbox image is not built yet, or its recipe changed (a few minutes, about 1 GB).'
      throw new DockerTrouble({ why, fix: `Open a sandbox of this kind: paddock sandbox open --kind ${kind}` })
    }
    this.#building ??= buildImage(engine, this.owner, this.#recipe, this.#progress).finally(() => {
      this.#building = undefined
    })
    return this.#building
  }

  /** What the workspace of this store is built on, and the volumes that are its own system. */
  async system(store: string, image: string): Promise<{ base: BaseSystem; system: SystemMount[] }> {
    const { systems } = await this.connect()
    return this.#inTurn(async () => {
      const base = await systems.choose(store, image)
      return { base, system: await systems.mounts(store, base) }
    })
  }

  /** Removes images and their copies that nothing is built on any more. What cannot go now goes another time. */
  async tidy(current: string): Promise<void> {
    const { engine, systems } = await this.connect()
    await this.#inTurn(async () => {
      await removeOldImages(engine, this.owner, await systems.removeUnused(current))
    }).catch(() => {})
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work)
    this.#turn = turn.catch(() => {})
    return turn
  }
}
