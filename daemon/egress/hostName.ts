import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

/** Where a program wants to go, in the one spelling that rules, questions and certificates use. */
export type Host =
  /** Lower case, ASCII (IDNA), no trailing dot. */
  | { readonly type: 'name'; readonly text: string }
  /** An address that was written as a literal, in its canonical form (an IPv4 address inside IPv6 as IPv4). */
  | { readonly type: 'address'; readonly text: string }

/**
 * Reads a host as a program wrote it, without a port; IPv6 with or without brackets. Undefined for whatever two readers
 * could take for different hosts.
 */
export function readHost(written: string): Host | undefined {
  if (written.length === 0 || written.length > 255) return undefined
  // Looked at before IDNA, which decodes percent signs, drops what cannot be seen and reads `127.0.0.1.` as an address.
  if (/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}%@/\\?#]|[.\u3002\uff0e\uff61]$/u.test(written)) return undefined
  const inner = /^\[(.*)\]$/.exec(written)?.[1] ?? written
  if (inner.includes(':')) return isIPv6(inner) ? { type: 'address', text: canonicalIPv6(inner) } : undefined
  if (inner !== written) return undefined
  const text = domainToASCII(written)
  if (isIPv4(text)) return { type: 'address', text }
  if (text.length > 253 || !text.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label))) return undefined
  return { type: 'name', text }
}

/** `host` or `host:port`, as in a Host header or a CONNECT request; undefined where either part is not clear. */
export function readAuthority(
  written: string,
  defaultPort: number | undefined,
): { host: Host; port: number } | undefined {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(written)
  const host = parts && readHost(parts[1]!)
  const port = parts?.[2] === undefined ? defaultPort : Number(parts[2])
  if (!host || port === undefined || port < 1 || port > 65_535) return undefined
  return { host, port }
}

/** As it stands before a port: IPv6 in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** The IPv4 address in the last 32 bits of an IPv6 address. */
export function ipv4Tail(address: string): string {
  const hextets = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(':').slice(-2)
  const [high = 0, low = 0] = hextets.map((hextet) => Number.parseInt(hextet || '0', 16))
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

const mapped = new BlockList()
mapped.addSubnet('::ffff:0:0', 96, 'ipv6')

function canonicalIPv6(text: string): string {
  return mapped.check(text, 'ipv6') ? ipv4Tail(text) : new URL(`http://[${text}]/`).hostname.slice(1, -1)
}
