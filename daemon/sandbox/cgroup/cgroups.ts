import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, processName } from '../processName.ts'
import { Cgroup } from './cgroup.ts'
import { type Controller, type Hierarchy, hierarchies } from './hierarchies.ts'

const notePrefix = 'cgroups.'

/**
 * The control groups of one data folder's sandboxes. Where this process may make some is found by making one and moving
 * a process into it. Their names carry the data folder and the process that made them; those of a process that is gone
 * are found by what it noted in the data folder, and removed.
 */
export class Cgroups {
  readonly #dataFolder: string
  readonly #mine: string
  #homes: Promise<readonly Hierarchy[]> | undefined

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder
    const hash = createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)
    this.#mine = `paddock-${hash}-${processName(process.pid)}`
  }

  /** A new group with no limits and nobody in it; none where there are no groups to be had. */
  async make(): Promise<Cgroup | undefined> {
    this.#homes ??= this.#findHomes()
    const homes = await this.#homes
    made += 1
    return homes.length > 0 ? Cgroup.make(homes, `${this.#mine}-${made}`) : undefined
  }

  /** Removes what processes left that are gone: their groups, and whoever still is in them. */
  async clean(): Promise<void> {
    for (const name of namesIn(this.#dataFolder).filter((name) => name.startsWith(notePrefix))) {
      const note = name.slice(notePrefix.length)
      if (isAlive(note)) continue
      const path = join(this.#dataFolder, name)
      const gone = (await Promise.all(readNote(path).map((home) => removeGroupsOf(note, home)))).flat()
      if (gone.every(Boolean)) rmSync(path, { force: true })
    }
  }

  async #findHomes(): Promise<Hierarchy[]> {
    const candidates = hierarchies(readText('/proc/self/cgroup'), readText('/proc/self/mountinfo'))
    // Before the first group is made, so that none is without it.
    const note = join(this.#dataFolder, `${notePrefix}${processName(process.pid)}`)
    try {
      writeFileSync(note, JSON.stringify(candidates), { mode: 0o600 })
    } catch {
      // Without a folder for notes nothing can be cleaned, so nothing is made.
      return []
    }
    made += 1
    const homes = await usable(candidates, `${this.#mine}-${made}`)
    if (homes.length === 0) rmSync(note, { force: true })
    return homes
  }
}

/** Of all providers of this process. */
let made = 0

/** One place for each controller, where a group could be made and a process moved into it. */
async function usable(candidates: readonly Hierarchy[], name: string): Promise<Hierarchy[]> {
  const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' })
  if (sleeper.pid === undefined) {
    await once(sleeper, 'error')
    return []
  }
  const ended = once(sleeper, 'exit')
  const homes: Hierarchy[] = []
  const groups: Cgroup[] = []
  for (const candidate of candidates) {
    const missing = candidate.controllers.filter((name) => !homes.some((home) => home.controllers.includes(name)))
    // A freezer alone is not worth a group of its own version.
    if (missing.length === 0 || (candidate.version === 2 && homes.some(({ version }) => version === 2))) continue
    if (candidate.version === 2) handDown(candidate.folder)
    const group = await tryIn(candidate, name, sleeper.pid)
    if (!group) continue
    groups.push(group)
    const held = missing.filter((controller) => candidate.version === 1 || hasFile(candidate.folder, name, controller))
    if (held.length > 0) homes.push({ ...candidate, controllers: held })
  }
  sleeper.kill('SIGKILL')
  await ended
  await Promise.all(groups.map((group) => group.remove()))
  return homes
}

async function tryIn(home: Hierarchy, name: string, pid: number): Promise<Cgroup | undefined> {
  try {
    const group = Cgroup.make([home], name)
    try {
      await group.add(pid)
      return group
    } catch {
      void group.remove()
      return undefined
    }
  } catch {
    return undefined
  }
}

/** Groups of version 2 have the controllers that the one above them hands down. */
function handDown(folder: string): void {
  for (const controller of ['memory', 'pids', 'cpu']) {
    try {
      writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`, { flag: 'r+' })
    } catch {
      // Not ours to say, or not here: what the group has is looked at afterwards.
    }
  }
}

function hasFile(folder: string, name: string, controller: Controller): boolean {
  const file = { memory: 'memory.max', pids: 'pids.max', cpu: 'cpu.max', freezer: 'cgroup.freeze' }[controller]
  return readText(join(folder, name, file)) !== ''
}

async function removeGroupsOf(note: string, home: Hierarchy): Promise<boolean[]> {
  const names = namesIn(home.folder).filter((name) => /^paddock-[0-9a-f]{12}-/.test(name) && name.includes(`-${note}-`))
  return Promise.all(names.map((name) => Cgroup.at([home], name).remove()))
}

function readNote(path: string): Hierarchy[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Hierarchy[]
  } catch {
    // Cut short by a crash: no group was made yet.
    return []
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
