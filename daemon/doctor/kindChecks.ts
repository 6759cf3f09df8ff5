import type { SandboxKind } from '#protocol/sandbox.ts'
import type { Check } from './check.ts'

/** Other kinds of sandboxes than the usual one, for those who choose them. */
export const kindChecks: readonly Check[] = [
  kindCheck('docker', 'Docker is reached, has the image, and runs a sandbox'),
  kindCheck('gvisor', 'gVisor (runsc) runs a sandbox'),
]

function kindCheck(kind: SandboxKind, title: string): Check {
  const fix = 'See the daemon log.'
  return {
    ...{ id: kind, tier: 'feature', title, platforms: ['linux'], fix },
    async run({ kinds }) {
      const status = await kinds.get(kind)?.probe()
      if (!status) return { why: 'This build of Paddock has no such sandboxes.', fix: 'Choose another kind.' }
      return status.type === 'ready' ? undefined : { why: status.why, fix: status.fix }
    },
  }
}
