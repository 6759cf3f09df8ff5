import { withRunner } from '#protocol/runnerWords.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import type { Check } from './check.ts'

/** Other kinds of sandboxes than the usual one, for those who choose them. */
export const kindChecks: readonly Check[] = [
  kindCheck('docker', 'Docker is reached, has the image, and runs a sandbox'),
  kindCheck('gvisor', 'gVisor (runsc) runs a sandbox, in Docker or by itself'),
]

function kindCheck(kind: SandboxKind, title: string): Check {
  const fix = 'See the daemon log.'
  return {
    ...{ id: kind, tier: 'feature', title, platforms: ['linux'], fix },
    async run({ kinds }) {
      const status = await kinds.get(kind)?.probe()
      if (!status) return { why: 'This build of Paddock has no such sandboxes.', fix: 'Choose another kind.' }
      if (status.type === 'unavailable') return { why: status.why, fix: status.fix }
      return status.runner && withRunner(status.kind, status.runner)
    },
  }
}
