import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { environment } from '../bubblewrap/launch.ts'
import { cleanUp, sandboxParams } from '../bubblewrap/sandboxParams.ts'
import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { spawnTransport, type Transport } from '../execServer/transport.ts'
import { ranOutWords } from '../memoryWords.ts'
import type { NetworkPort, Resumed } from '../sandbox.ts'
import { control, type GvisorPlan, launchGvisor, type Verb } from './launch.ts'
import { forgetMemory, saveMemory, takeMemory } from './savedMemory.ts'

const controlLimitMs = 20_000
/** There may be gigabytes to write. */
const saveLimitMs = 120_000

/** A sandbox with gVisor's kernel in place of the machine's, within a view as bubblewrap's. */
export class GvisorSandbox extends ExecSandbox {
  readonly resumed: Resumed | undefined
  readonly #plan: GvisorPlan
  #isFrozen = false

  /** What was saved over this layer goes on; where it cannot, a new one begins and says so. Rejects with `StartFailure`. */
  static async open(plan: GvisorPlan, network?: NetworkPort): Promise<GvisorSandbox> {
    // Before the mount: what the user changes from now on may or may not be seen inside.
    const mountedAt = Date.now()
    try {
      const { server, resumed } = await serverOf(plan)
      return new GvisorSandbox(plan, server, { mountedAt, network, resumed })
    } catch (error) {
      await cleanUp(plan)
      throw error
    }
  }

  private constructor(
    plan: GvisorPlan,
    server: ExecServer,
    {
      mountedAt,
      network,
      resumed,
    }: { mountedAt: number; network: NetworkPort | undefined; resumed: Resumed | undefined },
  ) {
    super({
      ...{ kind: 'gvisor', runner: 'runsc' },
      server,
      mountedAt,
      ...sandboxParams(plan),
      ...(network ? { network } : {}),
    })
    this.#plan = plan
    this.resumed = resumed
  }

  /** What is asked of a frozen sandbox is answered once it is thawed. */
  async freeze(): Promise<void> {
    // What was asked before this is done, and no frame is on its way in halves.
    await this.stat('/')
    await this.#tell('pause')
    this.#isFrozen = true
  }

  async thaw(): Promise<void> {
    // It changes from now on.
    if (this.#plan.memory !== undefined) await forgetMemory(this.#plan.memory)
    await this.#tell('resume')
    this.#isFrozen = false
  }

  async saveMemory(): Promise<void> {
    await saveMemory(this.#plan, () => this.#tell('checkpoint', saveLimitMs))
  }

  override async close(): Promise<void> {
    if (this.#isFrozen) await this.server.kill('it was closed')
    await super.close()
  }

  async #tell(verb: Verb, timeout = controlLimitMs): Promise<void> {
    const { mechanism } = this.#plan
    const args = control(mechanism, await innerProcess(this.server.pid!), verb)
    await promisify(execFile)(mechanism.nsenter, args, { env: environment(this.#plan), timeout })
  }
}

async function serverOf(plan: GvisorPlan): Promise<{ server: ExecServer; resumed: Resumed | undefined }> {
  const memory = await takeMemory(plan)
  let resumed: Resumed | undefined = memory.type === 'lost' ? memory : undefined
  if (memory.type === 'taken') {
    try {
      const server = await ExecServer.start(await transport(plan, 'restore'), { takeOver: true })
      return { server, resumed: { type: 'goesOn' } }
    } catch (error) {
      resumed = { type: 'lost', why: `gVisor could not go on from what was saved: ${(error as Error).message}` }
    } finally {
      if (plan.memory !== undefined) await forgetMemory(plan.memory)
    }
  }
  return { server: await ExecServer.start(await transport(plan)), resumed }
}

/** All memory inside is one process of the machine's: where it goes beyond its limit, the whole sandbox ends, and says so. */
async function transport(plan: GvisorPlan, how: 'run' | 'restore' = 'run'): Promise<Transport> {
  const spawned = await spawnTransport(launchGvisor(plan, how))
  const ended = spawned.ended.then((how) => {
    const ranOut = (plan.confinement.group?.hits().get('memoryMiB') ?? 0) > 0
    return ranOut ? ranOutWords : how
  })
  return { ...spawned, ended }
}

/** bubblewrap's process within the namespaces, by the one that watches it from outside. */
async function innerProcess(watcher: number): Promise<number> {
  const children = await readFile(`/proc/${watcher}/task/${watcher}/children`, 'utf8')
  const [first] = children.trim().split(' ')
  if (!first) throw new Error('the sandbox has no process')
  return Number(first)
}
