import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { ExecSandbox } from '../execServer/execSandbox.ts'
import { ExecServer } from '../execServer/execServer.ts'
import type { NetworkPort } from '../sandbox.ts'
import { environment, launchHolder, type Plan, shell } from './launch.ts'

/** A sandbox of namespaces. */
export class BubblewrapSandbox extends ExecSandbox {
  /** Rejects with `StartFailure`. */
  static async open(plan: Plan, network?: NetworkPort): Promise<BubblewrapSandbox> {
    // Before the mount: what the user changes from now on may or may not be seen inside.
    const mountedAt = Date.now()
    try {
      return new BubblewrapSandbox(plan, await ExecServer.start(launchHolder(plan)), mountedAt, network)
    } catch (error) {
      await openUp(plan)
      throw error
    }
  }

  private constructor(plan: Plan, server: ExecServer, mountedAt: number, network: NetworkPort | undefined) {
    super({
      kind: 'bubblewrap',
      server,
      root: plan.root,
      home: plan.home,
      environment: environment(plan),
      shell: shell(),
      mountedAt,
      asked: plan.limits ?? {},
      ...(network ? { network } : {}),
      onEnd: () => openUp(plan),
    })
  }
}

/** The kernel leaves an unreadable folder in a layer's `work`, which its owner could not simply remove. */
async function openUp({ layer }: Plan): Promise<void> {
  await chmod(join(layer.work, 'work'), 0o700).catch(() => {})
}
