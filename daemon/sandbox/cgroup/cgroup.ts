import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LimitName } from '#protocol/sandbox.ts'
import { EventCounter } from './eventCounter.ts'
import type { Controller, Hierarchy } from './hierarchies.ts'

const periodUs = 100_000
const removeTries = 60
const freezeLimitMs = 5_000

const controllerOf = { memoryMiB: 'memory', processes: 'pids', cpus: 'cpu' } as const

/** What is written where, in order, for each limit. */
const settings = {
  memoryMiB: (version: 1 | 2, value: number) => [
    [version === 2 ? 'memory.max' : 'memory.limit_in_bytes', `${value * 2 ** 20}`],
  ],
  processes: (_: 1 | 2, value: number) => [['pids.max', `${value}`]],
  cpus: (version: 1 | 2, value: number) => {
    const quota = `${Math.max(1000, Math.round(value * periodUs))}`
    if (version === 2) return [['cpu.max', `${quota} ${periodUs}`]]
    return [
      ['cpu.cfs_period_us', `${periodUs}`],
      ['cpu.cfs_quota_us', quota],
    ]
  },
} satisfies Record<string, (version: 1 | 2, value: number) => [file: string, text: string][]>

/** One group of version 2, or one in each hierarchy of version 1: what holds the processes of one sandbox together. */
export class Cgroup {
  readonly #parts: readonly Hierarchy[]
  #counters: ReadonlyMap<LimitName, EventCounter> | undefined

  /** Makes it. Throws, and leaves nothing, where one of its parts cannot be made. */
  static make(homes: readonly Hierarchy[], name: string): Cgroup {
    const group = new Cgroup(homes.map((home) => ({ ...home, folder: join(home.folder, name) })))
    try {
      for (const { folder } of group.#parts) mkdirSync(folder)
    } catch (error) {
      group.#removeNow()
      throw error
    }
    return group
  }

  /** One that another process made. */
  static at(homes: readonly Hierarchy[], name: string): Cgroup {
    return new Cgroup(homes.map((home) => ({ ...home, folder: join(home.folder, name) })))
  }

  private constructor(parts: readonly Hierarchy[]) {
    this.#parts = parts
  }

  /** Sets a limit; whether there is a controller that holds it. Throws where that refuses. */
  limit(name: 'memoryMiB' | 'processes' | 'cpus', value: number): boolean {
    const part = this.#find(controllerOf[name])
    if (!part) return false
    for (const [file, text] of settings[name](part.version, value)) write(join(part.folder, file), text)
    if (name === 'memoryMiB') limitSwap(part, value)
    return true
  }

  /** Takes a process in, and all that it starts from now on. Rejects where that may not be. */
  async add(pid: number): Promise<void> {
    // The kernel waits for all processors before it moves anybody: some 10 ms, in which the daemon is to do other things.
    for (const { folder } of this.#parts) await writeFile(join(folder, 'cgroup.procs'), `${pid}`, { flag: 'r+' })
  }

  /** How often each limit was run into so far. */
  hits(): ReadonlyMap<LimitName, number> {
    this.#counters ??= this.#openCounters()
    return new Map([...this.#counters].map(([name, counter]) => [name, counter.read()]))
  }

  get canFreeze(): boolean {
    return this.#find('freezer') !== undefined
  }

  /** Settles when every process in it stands still. */
  async freeze(): Promise<void> {
    const { version, folder } = this.#with('freezer')
    if (version === 2) write(join(folder, 'cgroup.freeze'), '1')
    else write(join(folder, 'freezer.state'), 'FROZEN')
    const isFrozen = () => {
      if (version === 2) return numberIn(join(folder, 'cgroup.events'), 'frozen') === 1
      return read(join(folder, 'freezer.state')).trim() === 'FROZEN'
    }
    for (let waitedMs = 0; !isFrozen(); waitedMs += 5) {
      if (waitedMs > freezeLimitMs) {
        this.thaw()
        throw new Error('a process inside could not be stopped')
      }
      await delay(5)
    }
  }

  /** Does nothing where nobody is frozen, or there is no group any more. */
  thaw(): void {
    const part = this.#find('freezer')
    try {
      if (part?.version === 2) write(join(part.folder, 'cgroup.freeze'), '0')
      else if (part) write(join(part.folder, 'freezer.state'), 'THAWED')
    } catch (error) {
      if (!['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }

  /** Ends what is left in it and takes it away; processes take a moment to be gone. Whether it is away. */
  async remove(): Promise<boolean> {
    for (const counter of this.#counters?.values() ?? []) counter.close()
    for (let tries = 0; tries < removeTries; tries++) {
      if (this.#removeNow()) return true
      // Frozen processes do not die.
      this.thaw()
      this.#kill()
      await delay(Math.min(5 * (tries + 1), 100))
    }
    return this.#removeNow()
  }

  #openCounters(): Map<LimitName, EventCounter> {
    const counters = new Map<LimitName, EventCounter>()
    const memory = this.#find('memory')
    if (memory) {
      const file = memory.version === 2 ? 'memory.events' : 'memory.oom_control'
      counters.set('memoryMiB', new EventCounter(join(memory.folder, file), 'oom_kill'))
    }
    const pids = this.#find('pids')
    if (pids) counters.set('processes', new EventCounter(join(pids.folder, 'pids.events'), 'max'))
    return counters
  }

  #kill(): void {
    for (const { folder } of this.#parts) {
      for (const pid of read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean)) {
        try {
          // 0 is a process of another process namespace than ours.
          if (Number(pid) > 1) process.kill(Number(pid), 'SIGKILL')
        } catch {
          // It is gone.
        }
      }
    }
  }

  #removeNow(): boolean {
    let all = true
    for (const { folder } of this.#parts) {
      try {
        rmdirSync(folder)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') all = false
      }
    }
    return all
  }

  #find(controller: Controller): Hierarchy | undefined {
    return this.#parts.find(({ controllers }) => controllers.includes(controller))
  }

  #with(controller: Controller): Hierarchy {
    const part = this.#find(controller)
    if (!part) throw new Error(`there is no control group for ${controller}`)
    return part
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Files of control groups are there or are not: nothing is created. */
function write(path: string, text: string): void {
  writeFileSync(path, text, { flag: 'r+' })
}

function limitSwap({ version, folder }: Hierarchy, memoryMiB: number): void {
  try {
    if (version === 2) write(join(folder, 'memory.swap.max'), '0')
    else write(join(folder, 'memory.memsw.limit_in_bytes'), `${memoryMiB * 2 ** 20}`)
  } catch {
    // A kernel that does not count swap.
  }
}

function numberIn(path: string, field: string): number {
  return Number(new RegExp(`^${field} (\\d+)$`, 'm').exec(read(path))?.[1] ?? 0)
}
