import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import type { Change } from '#protocol/change.ts'
import type { Layer, LayerFiles, LayerProvider } from '../../daemon/layer/layer.ts'

/** The agent's side of a layer: a shell whose working directory is the workspace as the layer shows it. */
export interface AgentShell {
  readonly mountedAt: number
  readonly files: LayerFiles
  /** Answers what it said; rejects where it failed. */
  run(line: string): Promise<string>
  close(): Promise<void>
}

export interface LayerKind {
  readonly provider: () => LayerProvider
  readonly openShell: (layer: Layer) => Promise<AgentShell>
  /** The agent works in a copy: what the user does meanwhile shows once the layer was pruned. */
  readonly isCopy: boolean
  /** Named pipes are in the memory of the agent's kernel, and no part of the layer. */
  readonly ownPipes?: boolean
  /** Why this kind cannot be tried here; undefined where it can. */
  readonly unavailable: string | undefined
}

/** What a contract's tests start from; the bench is gone after each of them. */
export interface ContractBench {
  readonly isCopy: boolean
  readonly ownPipes: boolean
  /** From here on the agent sees what the user just did, whatever the kind. */
  readonly bringIn: (layer: Layer) => Promise<void>
  readonly make: (files: Record<string, string | Uint8Array>) => Promise<Bench>
  /** With a layer open and mounted. */
  readonly start: (
    files: Record<string, string | Uint8Array>,
  ) => Promise<{ bench: Bench; layer: Layer; shell: AgentShell }>
}

/** To be called where tests are described. */
export function contractBench(kind: LayerKind): ContractBench {
  let bench: Bench | undefined
  afterEach(async () => {
    await bench?.dispose()
    bench = undefined
  })
  const make = async (files: Record<string, string | Uint8Array>) => {
    bench = await Bench.make(kind, files)
    return bench
  }
  return {
    isCopy: kind.isCopy,
    ownPipes: kind.ownPipes ?? false,
    bringIn: async (layer) => (kind.isCopy ? await layer.prune() : undefined),
    make,
    async start(files) {
      const bench = await make(files)
      return { bench, ...(await bench.open()) }
    },
  }
}

/** A user's folder with a layer over it and an agent at work in that. */
export class Bench {
  readonly root: string
  readonly folder: string
  readonly #kind: LayerKind
  readonly #layers: { layer: Layer; shell: AgentShell | undefined; store: string }[] = []

  #mountedAt = 0

  private constructor(kind: LayerKind, root: string) {
    this.#kind = kind
    this.root = root
    this.folder = join(root, 'project')
  }

  /** `files`: content by path; a path that ends in `/` is a folder's. */
  static async make(kind: LayerKind, files: Record<string, string | Uint8Array>): Promise<Bench> {
    const bench = new Bench(kind, await mkdtemp(join(tmpdir(), 'paddock-layer-')))
    await mkdir(bench.folder)
    for (const [path, content] of Object.entries(files)) await bench.write(path, content)
    return bench
  }

  /** Opens a layer, mounts it and tells it so. */
  async open(name = 'a'): Promise<{ layer: Layer; shell: AgentShell }> {
    const store = join(this.root, `layer-${name}`)
    const layer = await this.#kind.provider().open({ folder: this.folder, store })
    return { layer, shell: await this.mount(layer, store) }
  }

  async mount(layer: Layer, store = ''): Promise<AgentShell> {
    const shell = await this.#kind.openShell(layer)
    // So that what was written just before is older, whatever the file system's clock ticks in.
    this.#mountedAt = shell.mountedAt + 50
    layer.mounted(this.#mountedAt)
    this.#layers.push({ layer, shell, store })
    return shell
  }

  /** As the daemon would after it was killed: a new provider, nothing in memory. */
  async reopen(name = 'a'): Promise<Layer> {
    return await this.#kind.provider().open({ folder: this.folder, store: join(this.root, `layer-${name}`) })
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    if (path.endsWith('/')) return void (await mkdir(join(this.folder, path), { recursive: true }))
    await mkdir(dirname(join(this.folder, path)), { recursive: true })
    await writeFile(join(this.folder, path), content)
  }

  /** As most editors save: the new content moves over the old file. */
  async save(path: string, content: string): Promise<void> {
    await writeFile(join(this.root, 'saved'), content)
    await rename(join(this.root, 'saved'), join(this.folder, path))
  }

  /** Returns when a file that is written now is newer than the last mount. */
  async pastMount(): Promise<void> {
    const probe = join(this.root, 'probe')
    do {
      await writeFile(probe, '')
    } while ((await lstat(probe)).ctimeMs <= this.#mountedAt)
  }

  async text(path: string): Promise<string> {
    return await readFile(join(this.folder, path), 'utf8')
  }

  /** Every file of the user's, with content, mode and times. */
  async snapshot(): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const entry of await readdir(this.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const stat = await lstat(path, { bigint: true })
      const content = entry.isFile()
        ? (await readFile(path)).toString('latin1')
        : entry.isSymbolicLink()
          ? await readlink(path)
          : ''
      const times = entry.isDirectory() ? '' : `${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`
      found[path.slice(this.folder.length + 1)] = `${stat.mode.toString(8)} ${times} ${content}`
    }
    return found
  }

  async dispose(): Promise<void> {
    for (const { shell } of this.#layers) await shell?.close()
    for (const { layer } of this.#layers) await layer.dispose()
    await rm(this.root, { recursive: true, force: true })
  }
}

/** Status letter, path and line counts of every change, for short expectations. */
export function brief(changes: readonly Change[]): string[] {
  return changes.map(({ status, path, from, additions, deletions }) => {
    const where = from ? `${from} -> ${path}` : path
    return `${status[0]!.toUpperCase()} ${where} +${additions} -${deletions}`
  })
}

export const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join('')
