import { settingRefused } from '#protocol/errors.ts'
import type { SandboxKind, SandboxSettings, SecretReference } from '#protocol/sandbox.ts'
import { policyRules } from './approval/policy/builtin.ts'
import { ruleFault } from './egress/hostRule.ts'
import { resolveSecret, type SecretSources } from './egress/resolveSecret.ts'
import { bubblewrapProvider } from './sandbox/bubblewrap/bubblewrapProvider.ts'
import { defaultLimits } from './sandbox/defaultLimits.ts'
import { DockerHost } from './sandbox/docker/dockerHost.ts'
import { dockerProvider } from './sandbox/docker/dockerProvider.ts'
import { gvisorProvider } from './sandbox/gvisor/gvisorProvider.ts'
import { noneProvider } from './sandbox/none/noneProvider.ts'
import type { KnownSecrets } from './sandbox/redaction.ts'
import type { SandboxProvider } from './sandbox/sandbox.ts'
import { seatbeltProvider } from './sandbox/seatbelt/seatbeltProvider.ts'
import type { ResolvedSecret } from './sandbox/secrets.ts'
import { WorkspaceSandboxes, type WorkspaceSandboxesParams } from './sandbox/workspaceSandboxes.ts'

type Own =
  | 'kinds'
  | 'defaults'
  | 'noneForbidden'
  | 'resolveSecret'
  | 'provideSecrets'
  | 'policyRules'
  | 'ruleFault'
  | 'retention'
type Hooks = Omit<WorkspaceSandboxesParams, Own>

/**
 * The kinds of sandboxes that this daemon knows, and what a workspace has that set nothing. Whoever manages the machine says
 * more through the environment: `PADDOCK_FORBID_NONE=1`, `PADDOCK_SANDBOX_DISK_MIB`, `PADDOCK_SANDBOX_UNUSED_DAYS`.
 */
export function sandboxChoice(hooks: Hooks): WorkspaceSandboxes {
  const forbidden = process.env['PADDOCK_FORBID_NONE'] === '1'
  const { sources, provideSecrets } = secretSources(hooks.known)
  return new WorkspaceSandboxes({
    ...hooks,
    kinds: sandboxKinds(hooks.dataFolder, hooks.report),
    defaults: defaults(),
    noneForbidden: forbidden ? 'Whoever manages this machine forbids to run anything without a sandbox.' : undefined,
    resolveSecret: (secret) => resolved(secret, sources),
    provideSecrets,
    ruleFault,
    policyRules,
    retention: {
      unusedDays: positive(process.env['PADDOCK_SANDBOX_UNUSED_DAYS'], 90),
      diskMiB: positive(process.env['PADDOCK_SANDBOX_DISK_MIB'], 50 * 1024),
    },
  })
}

/** What a workspace has that set none. */
export const usualKind = process.platform === 'darwin' ? 'seatbelt' : 'bubblewrap'

/** Every kind that there is for this daemon. `onProgress` gets a line for each step of what takes long. */
export function sandboxKinds(
  dataFolder: string,
  onProgress: (line: string) => void,
): ReadonlyMap<SandboxKind, SandboxProvider> {
  const hide = [dataFolder]
  const docker = new DockerHost({ hide, onProgress })
  return new Map<SandboxKind, SandboxProvider>([
    ['bubblewrap', bubblewrapProvider({ hide })],
    ['docker', dockerProvider(docker)],
    ['gvisor', gvisorProvider(docker)],
    ['seatbelt', seatbeltProvider({ hide })],
    ['none', noneProvider()],
  ])
}

function defaults(): SandboxSettings {
  return {
    kind: usualKind,
    limits: defaultLimits,
    network: { undecided: 'ask', rules: [] },
    secrets: [],
    allowNone: false,
  }
}

const maxEditorSecrets = 1_000

/** What editors hand over stays in memory, and goes with the daemon. */
function secretSources(known: KnownSecrets) {
  const ofEditors = new Map<string, string>()
  const sources: SecretSources = { environment: process.env, editor: async (key) => ofEditors.get(key) }
  const provideSecrets = (secrets: Readonly<Record<string, string | null>>) => {
    for (const [key, value] of Object.entries(secrets)) {
      if (value !== null) known.add(`secret ${key}`, value)
      if (value === null) ofEditors.delete(key)
      else if (ofEditors.has(key) || ofEditors.size < maxEditorSecrets) ofEditors.set(key, value)
      else throw settingRefused('secrets', `the daemon holds ${maxEditorSecrets} of editors already.`)
    }
  }
  return { sources, provideSecrets }
}

async function resolved(secret: SecretReference, sources: SecretSources): Promise<ResolvedSecret> {
  const found = await resolveSecret(secret, sources)
  if (found.type === 'value') return { type: 'value', value: found.bytes }
  const fix = `Put it where ${secret.from} says and open the sandbox again, or remove it from the settings.`
  return { type: 'missing', why: `${found.why}.`, fix }
}

function positive(text: string | undefined, otherwise: number): number {
  const number = Number(text)
  return number > 0 ? number : otherwise
}
