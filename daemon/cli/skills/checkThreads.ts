import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { Path } from '../../skill/document/location.ts'
import type { ServiceSettings } from '../../skill/service.ts'
import { type CheckedFinding, findingsIn } from './checked.ts'
import { openSkills, type SkillsOnDisk } from './skillsOnDisk.ts'

/** Fewer files than this are checked before another thread has begun. */
const worthHelp = 3000
const mostHelpers = 3
/** How many files a thread takes at a time. */
const atATime = 32

/** What is to be checked, as it was named. */
interface Task {
  readonly paths: readonly string[]
  readonly settings: ServiceSettings
}

/** What a helper begins with. */
interface Beginning extends Task {
  readonly taken: SharedArrayBuffer
}

/** What a helper found in the files that it took, by their number in the list. */
interface Part {
  readonly found: readonly (readonly [number, readonly CheckedFinding[]])[]
  readonly troubles: readonly string[]
}

/**
 * Threads that look through the same folders as this one and then take files off its list until none is left. Each finds what this one
 * would; what a helper that failed had taken is checked here.
 */
export class CheckThreads {
  readonly #task: Task
  readonly #taken = new SharedArrayBuffer(4)
  readonly #helpers: Worker[] = []
  readonly #parts: Promise<Part | undefined>[] = []

  constructor(task: Task) {
    this.#task = task
  }

  /** Lets helpers begin where there are enough files for them: `most` of them. */
  begin(files: number, most = Math.min(mostHelpers, availableParallelism() - 1)): void {
    if (files < worthHelp) return
    const beginning: Beginning = { ...this.#task, taken: this.#taken }
    for (let count = 0; count < most; count++) {
      const helper = new Worker(new URL(import.meta.url), { workerData: { checkThread: beginning } })
      helper.unref()
      this.#helpers.push(helper)
      this.#parts.push(partOf(helper))
    }
  }

  /** What is wrong with each of the files, in their order. */
  async check(skills: SkillsOnDisk): Promise<readonly (readonly CheckedFinding[])[]> {
    const { files } = skills
    for (const helper of this.#helpers) {
      helper.ref()
      helper.postMessage(files)
    }
    const found = new Array<readonly CheckedFinding[] | undefined>(files.length).fill(undefined)
    for (const [number, findings] of await takeFiles(files, skills, this.#taken)) found[number] = findings
    for (const part of await Promise.all(this.#parts)) {
      for (const [number, findings] of part?.found ?? []) found[number] = findings
      for (const trouble of part?.troubles ?? []) skills.troubles.add(trouble)
    }
    const all: (readonly CheckedFinding[])[] = []
    for (const [number, path] of files.entries()) all.push(found[number] ?? (await findingsIn(path, skills)))
    return all
  }
}

/** undefined for a helper that failed: what it had taken is not lost, so why is of no interest. */
async function partOf(helper: Worker): Promise<Part | undefined> {
  const ended = new AbortController()
  helper.once('exit', () => ended.abort())
  try {
    const [part] = await once(helper, 'message', { signal: ended.signal })
    return part
  } catch {
    return undefined
  }
}

async function takeFiles(
  files: readonly Path[],
  skills: SkillsOnDisk,
  taken: SharedArrayBuffer,
): Promise<Part['found']> {
  const next = new Int32Array(taken)
  const found: [number, readonly CheckedFinding[]][] = []
  for (;;) {
    const from = Atomics.add(next, 0, atATime)
    if (from >= files.length) return found
    for (let at = from; at < Math.min(from + atATime, files.length); at++) {
      const findings = await findingsIn(files[at]!, skills)
      found.push([at, findings])
    }
  }
}

/** The whole of a helper's life. */
async function help({ paths, settings, taken }: Beginning, port: NonNullable<typeof parentPort>): Promise<void> {
  const listed = once(port, 'message')
  const skills = await openSkills(paths, { settings })
  const [files] = await listed
  const found = await takeFiles(files, skills, taken)
  const part: Part = { found, troubles: [...skills.troubles] }
  port.postMessage(part)
}

const beginning: Beginning | undefined = parentPort ? workerData?.checkThread : undefined
if (parentPort && beginning) await help(beginning, parentPort)
