import { sandboxUnavailable } from '#protocol/errors.ts'
import type { SecretReference } from '#protocol/sandbox.ts'
import type { KnownSecrets } from './redaction.ts'
import type { NetworkPort, Sandbox } from './sandbox.ts'

const folder = '/run/secrets'

/** The value itself, or why there is none: what, where, and how to mend it; never a value. */
export type ResolvedSecret =
  | { readonly type: 'value'; readonly value: Uint8Array }
  | { readonly type: 'missing'; readonly why: string; readonly fix: string }
export type ResolveSecret = (secret: SecretReference) => Promise<ResolvedSecret>

/** A secret that stays outside. */
interface HostSecret {
  readonly name: string
  readonly use: Extract<SecretReference['use'], { type: 'host' }>
  readonly value: Uint8Array
}

/** What programs inside have in the place of secrets that stay outside. */
interface StandIns {
  /** For the environment of every command. */
  readonly variables: Readonly<Record<string, string>>
  /** By absolute path, outside of home and workspace. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** From now on this way out swaps stand-ins for values. `why`, where that cannot be, holds no value. */
export type BindSecrets = (
  network: NetworkPort,
  secrets: readonly HostSecret[],
) => Promise<StandIns | { readonly type: 'unusable'; readonly why: string }>

/** All that one opening needs to bring its secrets in; held in memory only. */
export interface SecretsOfOpening {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly standIns: StandIns
}

/** Reads every secret from where it is. Rejects with `sandboxUnavailable` where one has no value or cannot be used. */
export async function readSecrets(params: {
  readonly kind: string
  readonly secrets: readonly SecretReference[]
  readonly network: NetworkPort | undefined
  readonly resolve: ResolveSecret
  readonly bind: BindSecrets
  readonly known: KnownSecrets
}): Promise<SecretsOfOpening> {
  const { kind, network } = params
  const files = new Map<string, Uint8Array>()
  const bound: HostSecret[] = []
  for (const secret of params.secrets) {
    const { name, use } = secret
    if (use.type === 'host' && !network) continue
    const resolved = await params.resolve(secret)
    if (resolved.type === 'missing') {
      throw sandboxUnavailable(kind, `The secret ${name} has no value: ${resolved.why}`, resolved.fix)
    }
    params.known.add(`secret ${name}`, resolved.value)
    if (use.type === 'file') files.set(`${folder}/${name}`, resolved.value)
    else bound.push({ name, use, value: resolved.value })
  }
  const none = { variables: {}, files: new Map() }
  // Also where there are none: those of the last opening must not stay bound.
  const standIns = network ? await params.bind(network, bound) : none
  if ('type' in standIns) {
    const fix = 'Change or remove it in the sandbox settings.'
    throw sandboxUnavailable(kind, `A secret cannot be used: ${standIns.why}.`, fix)
  }
  return { files, standIns }
}

/** Writes what is to be read inside, where only memory holds it. Rejects with `sandboxUnavailable`. */
export async function writeSecrets(sandbox: Sandbox, { files, standIns }: SecretsOfOpening): Promise<void> {
  const done = async (call: Promise<{ type: string; message?: string }>) => {
    const { type, message } = await call
    if (type !== 'fault') return
    throw sandboxUnavailable(sandbox.kind, `A secret could not be put into it: ${message}`, 'Open it again.')
  }
  for (const [path, value] of files) {
    await done(sandbox.remove(path))
    // The folder is closed before anything is in it.
    await done(sandbox.writeFile(path, new Uint8Array(), { mode: 0o600 }))
    await done(sandbox.setMode(folder, 0o700))
    await done(sandbox.writeFile(path, value))
    await done(sandbox.setMode(path, 0o400))
  }
  for (const [path, bytes] of standIns.files) await done(sandbox.writeFile(path, bytes, { mode: 0o444 }))
}
