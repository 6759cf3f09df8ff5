import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { SecretReference } from '#protocol/sandbox.ts'

export type SecretValue =
  | { readonly type: 'value'; readonly bytes: Buffer; readonly warning?: string }
  | { readonly type: 'unavailable'; readonly why: string }

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The editor's secret storage. */
  readonly editor: (key: string) => Promise<string | undefined>
}

const maxBytes = 64 * 1024

/** Reads a secret from where it is named to be, each time anew. No reason that it gives holds any of the value. */
export async function resolveSecret(
  { from }: Pick<SecretReference, 'from'>,
  sources: SecretSources,
): Promise<SecretValue> {
  const at = from.indexOf(':')
  const where = from.slice(at + 1)
  switch (from.slice(0, at)) {
    case 'env': {
      const value = sources.environment[where]
      return value ? text(value) : unavailable(`the daemon’s environment has no ${where}`)
    }
    case 'editor': {
      const value = await sources.editor(where).catch(() => undefined)
      return value ? text(value) : unavailable(`the editor’s secret storage has no ${where}, or no editor is connected`)
    }
    case 'file':
      return readSecretFile(where)
    default:
      return unavailable('it is named in no way that is known')
  }
}

async function readSecretFile(path: string): Promise<SecretValue> {
  try {
    // Without O_NONBLOCK a named pipe would hold the daemon until somebody writes to it.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = await file.stat()
    if (!stat.isFile()) return unavailable(`${path} is not a file`)
    if (stat.size > maxBytes) return unavailable(`${path} is larger than 64 KiB`)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0)
    if (bytesRead > maxBytes) return unavailable(`${path} is larger than 64 KiB`)
    if (bytesRead === 0) return unavailable(`${path} is empty`)
    const bytes = Buffer.from(buffer.subarray(0, bytesRead))
    if ((stat.mode & 0o077) === 0) return { type: 'value', bytes }
    const mode = (stat.mode & 0o777).toString(8)
    return {
      type: 'value',
      bytes,
      warning: `${path} can be read by other users (mode ${mode}); chmod 600 would mend that`,
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return unavailable(code === 'ELOOP' ? `${path} is a link` : `${path} cannot be read (${code ?? 'failed'})`)
  }
}

function text(value: string): SecretValue {
  return { type: 'value', bytes: Buffer.from(value) }
}

function unavailable(why: string): SecretValue {
  return { type: 'unavailable', why }
}
