import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecSandboxParams } from '../execServer/execSandbox.ts'
import { environment, type Plan, shell } from './launch.ts'

/** What a sandbox over a `SandboxView` is, whatever runs in the view. */
export function sandboxParams(plan: Plan): Omit<ExecSandboxParams, 'kind' | 'server' | 'mountedAt'> {
  const { root, home, confinement } = plan
  return {
    ...{ root, home, environment: environment(plan), shell: shell() },
    ...{ asked: plan.limits ?? {}, limits: confinement.inForce, watchLimits: () => confinement.watch() },
    onEnd: () => cleanUp(plan),
  }
}

/** What is left to do once nothing of it runs. */
export async function cleanUp({ layer, confinement }: Plan): Promise<void> {
  await confinement.end()
  // The kernel leaves an unreadable folder in a layer's `work`, which its owner could not simply remove.
  await chmod(join(layer.work, 'work'), 0o700).catch(() => {})
}
