import { sandboxUnavailable } from '#protocol/errors.ts'
import type { SecretReference } from '#protocol/sandbox.ts'
import type { Sandbox } from './sandbox.ts'

const folder = '/run/secrets'

/** The value itself, or why there is none: what, where, and how to mend it; never a value. */
export type ResolvedSecret =
  | { readonly type: 'value'; readonly value: Uint8Array }
  | { readonly type: 'missing'; readonly why: string; readonly fix: string }
export type ResolveSecret = (secret: SecretReference) => Promise<ResolvedSecret>

/** The values of those that are files inside, by name. Rejects with `sandboxUnavailable` where one has no value. */
export async function secretValues(
  kind: string,
  secrets: readonly SecretReference[],
  resolve: ResolveSecret,
): Promise<Map<string, Uint8Array>> {
  const values = new Map<string, Uint8Array>()
  for (const secret of secrets) {
    if (secret.use.type !== 'file') continue
    const resolved = await resolve(secret)
    if (resolved.type === 'missing') {
      throw sandboxUnavailable(kind, `The secret ${secret.name} has no value: ${resolved.why}`, resolved.fix)
    }
    values.set(secret.name, resolved.value)
  }
  return values
}

/** Written where only memory holds them, readable by their owner only. Rejects with `sandboxUnavailable`. */
export async function writeSecretFiles(sandbox: Sandbox, values: ReadonlyMap<string, Uint8Array>): Promise<void> {
  if (values.size === 0) return
  const done = async (call: Promise<{ type: string; message?: string }>) => {
    const { type, message } = await call
    if (type !== 'fault') return
    throw sandboxUnavailable(sandbox.kind, `A secret could not be put into ${folder}: ${message}`, 'Open it again.')
  }
  for (const [name, value] of values) {
    const path = `${folder}/${name}`
    await done(sandbox.remove(path))
    // The folder is closed before anything is in it.
    await done(sandbox.writeFile(path, new Uint8Array(), { mode: 0o600 }))
    await done(sandbox.setMode(folder, 0o700))
    await done(sandbox.writeFile(path, value))
    await done(sandbox.setMode(path, 0o400))
  }
}
