import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import type { NetworkPort } from '../sandbox.ts'
import { launchHolder, type Plan } from './launch.ts'
import { cleanUp, sandboxParams } from './sandboxParams.ts'

/** A sandbox of namespaces. */
export class BubblewrapSandbox extends ExecSandbox {
  /** Rejects with `StartFailure`. */
  static async open(plan: Plan, network?: NetworkPort): Promise<BubblewrapSandbox> {
    // Before the mount: what the user changes from now on may or may not be seen inside.
    const mountedAt = Date.now()
    try {
      return new BubblewrapSandbox(plan, await ExecServer.start(launchHolder(plan)), mountedAt, network)
    } catch (error) {
      await cleanUp(plan)
      throw error
    }
  }

  private constructor(plan: Plan, server: ExecServer, mountedAt: number, network: NetworkPort | undefined) {
    super({
      kind: 'bubblewrap',
      server,
      mountedAt,
      ...sandboxParams(plan),
      ...(network ? { network } : {}),
    })
    plan.confinement.onTooLarge(() => this.killAll())
  }
}
