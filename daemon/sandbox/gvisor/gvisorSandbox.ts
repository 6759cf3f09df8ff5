import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { environment } from '../bubblewrap/launch.ts'
import { cleanUp, sandboxParams } from '../bubblewrap/sandboxParams.ts'
import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import { spawnTransport, type Transport } from '../execServer/transport.ts'
import { ranOutWords } from '../memoryWords.ts'
import type { NetworkPort } from '../sandbox.ts'
import { control, type GvisorPlan, launchGvisor } from './launch.ts'

const controlLimitMs = 20_000

/** A sandbox with gVisor's kernel in place of the machine's, within a view as bubblewrap's. */
export class GvisorSandbox extends ExecSandbox {
  readonly #plan: GvisorPlan

  /** Rejects with `StartFailure`. */
  static async open(plan: GvisorPlan, network?: NetworkPort): Promise<GvisorSandbox> {
    // Before the mount: what the user changes from now on may or may not be seen inside.
    const mountedAt = Date.now()
    try {
      return new GvisorSandbox(plan, await ExecServer.start(await transport(plan)), mountedAt, network)
    } catch (error) {
      await cleanUp(plan)
      throw error
    }
  }

  private constructor(plan: GvisorPlan, server: ExecServer, mountedAt: number, network: NetworkPort | undefined) {
    super({
      ...{ kind: 'gvisor', runner: 'runsc' },
      server,
      mountedAt,
      ...sandboxParams(plan),
      ...(network ? { network } : {}),
    })
    this.#plan = plan
  }

  /** What is asked of a frozen sandbox is answered once it is thawed. */
  async freeze(): Promise<void> {
    await this.#tell('pause')
  }

  async thaw(): Promise<void> {
    await this.#tell('resume')
  }

  async #tell(verb: 'pause' | 'resume'): Promise<void> {
    const { mechanism } = this.#plan
    const args = control(mechanism, await innerProcess(this.server.pid!), verb)
    await promisify(execFile)(mechanism.nsenter, args, { env: environment(this.#plan), timeout: controlLimitMs })
  }
}

/** All memory inside is one process of the machine's: where it goes beyond its limit, the whole sandbox ends, and says so. */
async function transport(plan: GvisorPlan): Promise<Transport> {
  const spawned = await spawnTransport(launchGvisor(plan))
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
