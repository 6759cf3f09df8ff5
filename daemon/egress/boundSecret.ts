import { randomBytes } from 'node:crypto'
import type { SecretReference } from '#protocol/sandbox.ts'
import { readHost } from './hostName.ts'

/** A secret that programs inside know only by its stand-in. */
export interface BoundSecret {
  /** What the sandbox's environment holds in its place. */
  readonly standIn: string
  readonly value: string
  /** The one host that gets the value, over TLS on port 443, in the form that `readHost` gives. */
  readonly host: string
  /** Only requests to this path or below it carry the value. */
  readonly pathPrefix?: string
}

export type BoundOrNot =
  | { readonly type: 'bound'; readonly secret: BoundSecret }
  | { readonly type: 'unusable'; readonly why: string }

/** Makes a stand-in for a secret that is bound to a host. The stand-in is new each time and says nothing of the value. */
export function bindSecret(
  name: string,
  use: SecretReference['use'] & { type: 'host' },
  bytes: Uint8Array,
): BoundOrNot {
  const value = Buffer.from(bytes).toString('latin1').trim()
  const host = readHost(use.host)
  if (!host) return { type: 'unusable', why: `“${use.host}” is not a host name` }
  if (!/^[\x20-\x7e]+$/.test(value)) return { type: 'unusable', why: `${name} holds what no HTTP header can carry` }
  // Where the value shows up in an answer it is replaced, and short ones show up by chance.
  if (value.length < 8) return { type: 'unusable', why: `${name} is shorter than 8 characters` }
  const standIn = `paddock-secret-${name}-${randomBytes(16).toString('hex')}`
  const { pathPrefix } = use
  return { type: 'bound', secret: { standIn, value, host: host.text, ...(pathPrefix !== undefined && { pathPrefix }) } }
}
