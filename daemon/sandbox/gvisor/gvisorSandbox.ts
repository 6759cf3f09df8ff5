import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { environment, shell } from '../bubblewrap/launch.ts'
import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import type { NetworkPort } from '../sandbox.ts'
import { type GvisorPlan, launchGvisor } from './launch.ts'

/** A sandbox with gVisor's kernel in place of the machine's, within a view as bubblewrap's. */
export class GvisorSandbox extends ExecSandbox {
  /** Rejects with `StartFailure`. */
  static async open(plan: GvisorPlan, network?: NetworkPort): Promise<GvisorSandbox> {
    // Before the mount: what the user changes from now on may or may not be seen inside.
    const mountedAt = Date.now()
    try {
      return new GvisorSandbox(plan, await ExecServer.start(launchGvisor(plan)), mountedAt, network)
    } catch (error) {
      await openUp(plan)
      throw error
    }
  }

  private constructor(plan: GvisorPlan, server: ExecServer, mountedAt: number, network: NetworkPort | undefined) {
    super({
      kind: 'gvisor',
      server,
      root: plan.root,
      home: plan.home,
      environment: environment(plan),
      shell: shell(),
      mountedAt,
      ...(network ? { network } : {}),
      onEnd: () => openUp(plan),
    })
  }
}

/** The kernel leaves an unreadable folder in a layer's `work`, which its owner could not simply remove. */
async function openUp({ layer }: GvisorPlan): Promise<void> {
  await chmod(join(layer.work, 'work'), 0o700).catch(() => {})
}
