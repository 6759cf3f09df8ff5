import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DockerTrouble, type Engine, isMissing, shortHash } from './engine.ts'
import { runHelper } from './helperContainer.ts'
import { findImage } from './image.ts'
import { ownerLabel } from './leftovers.ts'
import { overlayOptions } from './overlayVolume.ts'
import { prepareSystem } from './prepareSystem.ts'

/** An image, and a volume with a copy of the folders in it that workspaces change: `/usr`, `/etc`, `/var`, `/opt`, … */
export interface BaseSystem {
  readonly image: string
  readonly volume: string
  readonly folders: readonly string[]
  readonly shell: string
}

/** A folder of the workspace's own system: the volume that is mounted there. */
export interface SystemMount {
  readonly volume: string
  readonly at: string
}

const recordName = 'base.json'
const baseLabel = 'paddock.base'
const imageLabel = 'paddock.image'
const storeLabel = 'paddock.store'

/**
 * Where the packages of a workspace are. Its containers are thrown away, and share their system while they run: for each
 * of the folders an overlay volume, with what the workspace changed in `store`, over one copy per image. Docker's own copy
 * of a named volume would take 1 GB and fifteen seconds for every workspace; this takes nothing until something is
 * installed, and a snapshot is a copy of `store`.
 */
export class Systems {
  readonly #engine: Engine
  readonly #owner: string
  readonly #user: string
  readonly #bases = new Map<string, Promise<BaseSystem>>()

  constructor(engine: Engine, owner: string, user: string) {
    this.#engine = engine
    this.#owner = owner
    this.#user = user
  }

  /** What the workspace is built on: the image where nothing was installed yet, else what it was installed over. */
  async choose(store: string, image: string): Promise<BaseSystem> {
    await recoverSystem(store)
    const record = await readRecord(store)
    if (!record || record.image === image || (await isUntouched(store))) return this.#base(image)
    if (await findImage(this.#engine, record.image)) return this.#base(record.image)
    const why = 'The image that this workspace’s packages were installed over is gone.'
    throw new DockerTrouble({ why, fix: 'Reset the sandbox of this workspace; its home and your files stay.' })
  }

  /** The volumes to mount, one for each folder. Serialised by the caller for one store. */
  async mounts(store: string, base: BaseSystem): Promise<SystemMount[]> {
    const lower = await this.#placeOf(base)
    const folder = systemFolder(store)
    const mounts: SystemMount[] = []
    for (const name of base.folders) {
      const [upper, work] = [join(folder, name, 'upper'), join(folder, name, 'work')]
      for (const each of [upper, work]) await mkdir(each, { recursive: true, mode: 0o755 })
      const o = overlayOptions({ lower: `${lower}/${name}`, upper, work })
      const volume = `paddock-${this.#owner}-${name}-${shortHash(o)}`
      await this.#engine.createVolume({
        Name: volume,
        Driver: 'local',
        DriverOpts: { type: 'overlay', device: 'overlay', o },
        Labels: {
          [ownerLabel]: this.#owner,
          [storeLabel]: shortHash(store),
          [baseLabel]: base.volume,
          [imageLabel]: base.image,
        },
      })
      mounts.push({ volume, at: `/${name}` })
    }
    await writeRecord(store, base)
    await this.#removeVolumes([`${storeLabel}=${shortHash(store)}`], new Set(mounts.map(({ volume }) => volume)))
    return mounts
  }

  /** Forgets the volumes of a store; its files are the caller's to remove. */
  async forget(store: string): Promise<void> {
    await this.#removeVolumes([`${storeLabel}=${shortHash(store)}`], new Set())
  }

  /** Keeps what the system of a store is built on, whatever becomes of that store; answers the name to release it by. */
  async keep(store: string): Promise<string | undefined> {
    const record = await readRecord(store)
    if (!record) return undefined
    const Name = `paddock-${this.#owner}-kept-${randomBytes(8).toString('hex')}`
    const Labels = {
      [ownerLabel]: this.#owner,
      [storeLabel]: Name,
      [baseLabel]: this.#baseName(record.image),
      [imageLabel]: record.image,
    }
    await this.#engine.createVolume({ Name, Driver: 'local', Labels })
    return Name
  }

  async release(kept: string): Promise<void> {
    await this.#removeVolumes([`${storeLabel}=${kept}`], new Set())
  }

  /** The images that some workspace is built on. Removes the copies of those that none is. */
  async removeUnused(current: string): Promise<ReadonlySet<string>> {
    const volumes = await this.#volumes([])
    const images = new Set([current])
    const bases = new Set([this.#baseName(current)])
    for (const { Labels } of volumes) {
      if (Labels[storeLabel] && Labels[imageLabel]) images.add(Labels[imageLabel])
      if (Labels[storeLabel] && Labels[baseLabel]) bases.add(Labels[baseLabel])
    }
    const unused = volumes.filter(({ Name, Labels }) => Labels[imageLabel] && !Labels[storeLabel] && !bases.has(Name))
    for (const { Name } of unused)
      await this.#engine
        .getVolume(Name)
        .remove()
        .catch(() => {})
    return images
  }

  /** Where the engine has the copy; made anew where somebody removed it, as `docker volume prune` does. */
  async #placeOf(base: BaseSystem): Promise<string> {
    const look = async () => (await this.#engine.getVolume(base.volume).inspect()).Mountpoint
    try {
      return await look()
    } catch (error) {
      if (!isMissing(error)) throw error
      this.#bases.delete(base.image)
      await this.#base(base.image)
      return look()
    }
  }

  #base(image: string): Promise<BaseSystem> {
    const known = this.#bases.get(image)
    if (known) return known
    const preparing = this.#prepare(image)
    this.#bases.set(image, preparing)
    preparing.catch(() => this.#bases.delete(image))
    return preparing
  }

  async #prepare(image: string): Promise<BaseSystem> {
    const volume = this.#baseName(image)
    await this.#engine.createVolume({
      Name: volume,
      Driver: 'local',
      Labels: { [ownerLabel]: this.#owner, [imageLabel]: image },
    })
    const { code, output, complaints } = await runHelper(this.#engine, this.#owner, {
      image,
      script: prepareSystem,
      environment: [`OWNER=${this.#user}`],
      volume,
      at: '/system',
    }).catch((error: unknown) => {
      const { message = '', statusCode } = error as { message?: string; statusCode?: number }
      if (statusCode === 400 && /executable file not found|no such file/i.test(message)) throw noPerl()
      throw error
    })
    if (code === 41 || code === 126 || code === 127) throw noPerl()
    if (code !== 0) {
      const why = `The image’s system could not be copied: ${complaints.trim().slice(-500) || `code ${code}`}`
      throw new DockerTrouble({ why, fix: 'See that Docker’s disk has room: docker system df shows what uses it.' })
    }
    const [shell = '/bin/sh', ...folders] = output.trim().split('\n')
    return { image, volume, folders, shell }
  }

  #baseName(image: string): string {
    return `paddock-${this.#owner}-base-${shortHash(image, this.#user, prepareSystem)}`
  }

  async #volumes(labels: readonly string[]) {
    const filters = { label: [`${ownerLabel}=${this.#owner}`, ...labels] }
    return (await this.#engine.listVolumes({ filters })).Volumes ?? []
  }

  async #removeVolumes(labels: readonly string[], keep: ReadonlySet<string>): Promise<void> {
    for (const { Name } of await this.#volumes(labels)) {
      if (keep.has(Name)) continue
      await this.#engine
        .getVolume(Name)
        .remove()
        .catch((error: unknown) => {
          if (!isMissing(error) && (error as { statusCode?: number }).statusCode !== 409) throw error
        })
    }
  }
}

function noPerl(): DockerTrouble {
  return new DockerTrouble({
    why: 'The image has no shell or no perl, which commands are run by.',
    fix: 'Name an image that has both in the settings, such as debian:stable-slim, or add perl to this one.',
  })
}

/** Nothing was installed or changed in any of the folders. */
async function isUntouched(store: string): Promise<boolean> {
  const folder = systemFolder(store)
  for (const name of await readdir(folder).catch(() => [])) {
    if ((await readdir(join(folder, name, 'upper')).catch(() => [])).length > 0) return false
  }
  return true
}

/** Where a store has what its workspace changed in its image's system. */
export function systemFolder(store: string): string {
  return join(store, 'system')
}

/** Takes up a restore that broke off between its two renames. */
export async function recoverSystem(store: string): Promise<void> {
  const [now, last] = [systemFolder(store), `${systemFolder(store)}.old`]
  const isThere = await stat(now).then(
    () => true,
    () => false,
  )
  if (!isThere) await rename(last, now).catch(() => {})
}

async function readRecord(store: string): Promise<{ image: string } | undefined> {
  const path = join(systemFolder(store), recordName)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const { image } = JSON.parse(text) as { image?: unknown }
    if (typeof image === 'string') return { image }
  } catch {
    // Told below.
  }
  const why = `${path} cannot be read.`
  throw new DockerTrouble({ why, fix: 'Reset the sandbox of this workspace; its home and your files stay.' })
}

async function writeRecord(store: string, { image }: BaseSystem): Promise<void> {
  const path = join(systemFolder(store), recordName)
  await writeFile(`${path}.new`, JSON.stringify({ image }), { mode: 0o600 })
  await rename(`${path}.new`, path)
}
