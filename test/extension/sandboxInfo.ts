import type { SandboxInfo } from '#protocol/sandbox.ts'

/** A sandbox as the daemon tells of one, with what a test cares for. */
export function sandboxInfo(params: Partial<SandboxInfo> = {}): SandboxInfo {
  return {
    folder: '/w',
    state: 'ready',
    settings: {
      kind: 'bubblewrap',
      limits: { memoryMiB: 1536, processes: 2048 },
      network: { undecided: 'ask', rules: [] },
      secrets: [],
      allowNone: false,
    },
    open: [],
    diskLimit: 50 * 2 ** 30,
    snapshots: [],
    ...params,
  }
}
