import { readFile } from 'node:fs/promises'
import { release } from 'node:os'
import type { LimitName, Limits } from '#protocol/sandbox.ts'
import type { LimitsInForce } from '../sandbox.ts'
import type { Cgroup } from './cgroup.ts'
import type { Cgroups } from './cgroups.ts'
import { DiskUse } from './diskUse.ts'

const lookEveryMs = 1_000
/** What a sandbox that is over its limit may still write, so that its agent can tidy up. */
const tidyingBytes = 16 << 20

/** Held by the exec server for every process or command; the same in all kinds. */
const byServer = { openFiles: 'perProcess', fileMiB: 'perProcess', outputMiB: 'perProcess' } as const

export interface ConfinementParams {
  /** Those that `diskMiB` counts. */
  readonly folders: readonly string[]
  /** Whether processes inside are the machine's. */
  readonly countsProcesses: boolean
}

/** How one sandbox is held to its limits: by a control group where there are some, otherwise as well as can be. */
export class Confinement {
  /** What was asked for, and by what it is held. */
  readonly inForce: LimitsInForce
  /** What the exec server is to hold: without a control group more than with one. */
  readonly forServer: Limits
  readonly group: Cgroup | undefined
  readonly #disk: { readonly use: DiskUse; readonly limit: number; ceiling: number; hit: number } | undefined
  readonly #endAll: { call: () => Promise<void> } = { call: async () => {} }
  #running = 0
  #looking: NodeJS.Timeout | undefined
  #isOver = false

  /** Throws where a control group refuses what it said it could hold. */
  static async make(asked: Limits, cgroups: Pick<Cgroups, 'make'>, params: ConfinementParams): Promise<Confinement> {
    const group = await cgroups.make()
    if (!group) return new Confinement(asked, undefined, new Set(), params)
    const held = new Set<LimitName>()
    for (const name of ['memoryMiB', 'processes', 'cpus'] as const) {
      if (name === 'processes' && !params.countsProcesses) continue
      if (asked[name] === undefined || !group.limit(name, asked[name])) continue
      held.add(name)
    }
    return new Confinement(asked, group, held, params)
  }

  private constructor(
    asked: Limits,
    group: Cgroup | undefined,
    held: ReadonlySet<LimitName>,
    { folders, countsProcesses }: ConfinementParams,
  ) {
    const { diskMiB, cpus, memoryMiB, processes, ...forServer } = asked
    this.group = group
    this.forServer = {
      ...forServer,
      ...(memoryMiB === undefined || held.has('memoryMiB') ? {} : { memoryMiB }),
      ...(processes === undefined || held.has('processes') ? {} : { processes }),
    }
    const without: LimitsInForce = {
      ...byServer,
      memoryMiB: 'perProcess',
      processes: countsProcesses && namespaceCountsProcesses() ? 'whole' : 'notEnforced',
      cpus: 'notEnforced',
      diskMiB: 'whole',
    }
    const names = (Object.keys(asked) as LimitName[]).filter((name) => asked[name] !== undefined)
    this.inForce = Object.fromEntries(names.map((name) => [name, held.has(name) ? 'whole' : without[name]]))
    const limit = (diskMiB ?? 0) * 2 ** 20
    if (limit > 0) this.#disk = { use: new DiskUse(folders, limit), limit, ceiling: limit, hit: 0 }
  }

  /** Takes in a process and what it has started, which does not leave it. Rejects where they cannot be held. */
  async take(pid: number): Promise<void> {
    if (!this.group) return
    await this.group.add(pid)
    // From now on they are born in there.
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
    for (const child of children.split(' ').filter(Boolean)) await this.take(Number(child))
  }

  /** What ends everything inside when the disk limit is passed. */
  onTooLarge(endAll: () => Promise<void>): void {
    this.#endAll.call = endAll
  }

  /** From now until the answer is called something runs; it says which limits were run into meanwhile. */
  watch(): () => Promise<readonly LimitName[]> {
    const before = this.group?.hits()
    const diskHits = this.#disk?.hit ?? 0
    this.#running += 1
    if (this.#disk && this.#running === 1) this.#lookLater()
    return async () => {
      this.#running -= 1
      if (this.#running === 0) clearTimeout(this.#looking)
      await this.#look()
      const names = [...(this.group?.hits() ?? [])].filter(([name, count]) => count > (before?.get(name) ?? 0))
      return [...names.map(([name]) => name), ...(this.#disk && this.#disk.hit > diskHits ? ['diskMiB' as const] : [])]
    }
  }

  /** When all of it has ended. */
  async end(): Promise<void> {
    this.#isOver = true
    clearTimeout(this.#looking)
    await this.group?.remove()
  }

  #lookLater(): void {
    if (this.#isOver) return
    this.#looking = setTimeout(() => {
      void this.#look().finally(() => this.#running > 0 && this.#lookLater())
    }, lookEveryMs)
    this.#looking.unref()
  }

  async #look(): Promise<void> {
    const disk = this.#disk
    if (!disk) return
    const growth = await disk.use.growth()
    if (growth <= disk.limit) disk.ceiling = disk.limit
    if (growth <= disk.ceiling) return
    disk.hit += 1
    disk.ceiling = growth + tidyingBytes
    await this.#endAll.call().catch(() => {})
  }
}

/** Since Linux 5.14 RLIMIT_NPROC counts those of one user namespace. The machine's root is never counted. */
function namespaceCountsProcesses(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  return process.getuid?.() !== 0 && (major > 5 || (major === 5 && minor >= 14))
}
