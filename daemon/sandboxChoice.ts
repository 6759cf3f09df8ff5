import type { SandboxKind, SandboxSettings } from '#protocol/sandbox.ts'
import { bubblewrapProvider } from './sandbox/bubblewrap/bubblewrapProvider.ts'
import type { SandboxProvider } from './sandbox/sandbox.ts'
import type { ResolveSecret } from './sandbox/secretFiles.ts'
import { WorkspaceSandboxes, type WorkspaceSandboxesParams } from './sandbox/workspaceSandboxes.ts'

type Hooks = Pick<WorkspaceSandboxesParams, 'dataFolder' | 'version' | 'busySessions' | 'layerBytes' | 'report'>

/**
 * The kinds of sandboxes that this daemon knows, and what a workspace has that set nothing. Whoever manages the machine says
 * more through the environment: `PADDOCK_FORBID_NONE=1`, `PADDOCK_SANDBOX_DISK_MIB`, `PADDOCK_SANDBOX_UNUSED_DAYS`.
 */
export function sandboxChoice(hooks: Hooks): WorkspaceSandboxes {
  const kinds = new Map<SandboxKind, SandboxProvider>([
    ['bubblewrap', bubblewrapProvider({ hide: [hooks.dataFolder] })],
  ])
  const forbidden = process.env['PADDOCK_FORBID_NONE'] === '1'
  return new WorkspaceSandboxes({
    ...hooks,
    kinds,
    defaults: defaults(),
    noneForbidden: forbidden ? 'Whoever manages this machine forbids to run anything without a sandbox.' : undefined,
    resolveSecret: noSecrets,
    retention: {
      unusedDays: positive(process.env['PADDOCK_SANDBOX_UNUSED_DAYS'], 90),
      diskMiB: positive(process.env['PADDOCK_SANDBOX_DISK_MIB'], 50 * 1024),
    },
  })
}

function defaults(): SandboxSettings {
  return {
    kind: process.platform === 'darwin' ? 'seatbelt' : 'bubblewrap',
    limits: {},
    network: { undecided: 'ask', rules: [] },
    secrets: [],
    allowNone: false,
  }
}

const noSecrets: ResolveSecret = ({ from }) =>
  Promise.resolve({
    type: 'missing',
    why: `${from} cannot be read by this daemon.`,
    fix: 'Remove it from the settings.',
  })

function positive(text: string | undefined, otherwise: number): number {
  const number = Number(text)
  return number > 0 ? number : otherwise
}
