import { isIP } from 'node:net'
import type { NetworkRule } from '#protocol/network.ts'
import { networkSentences } from '#protocol/networkSentences.ts'

type Hosts = Pick<NetworkRule, 'host' | 'ports'>

/** Reads `example.com`, `*.example.com:8443`, `[::1]:80,8080` or `*`: what a rule is about, or what is wrong. */
export function readHosts(text: string): Hosts | { readonly fault: string } {
  const [, bracketed, plain, written] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::([\d, ]+))?$/.exec(text.trim()) ?? []
  const bare = isIP(text.trim()) === 6 ? text.trim() : undefined
  const host = (bare ?? bracketed ?? plain ?? '').toLowerCase()
  if (!host) return fault
  if (bracketed !== undefined && isIP(bracketed) !== 6) return { fault: `${bracketed} is not an IPv6 address.` }
  const name = host.startsWith('*.') ? host.slice(2) : host
  const isName = name.split('.').every((label) => /^[\p{L}\p{N}_-]{1,63}$/u.test(label))
  if (host !== '*' && !isIP(host) && (!isName || (isIP(name) && name !== host))) return fault
  if (written === undefined || bare) return { host }
  const ports = [...new Set(written.split(',').map((port) => Number(port.trim() || Number.NaN)))]
  if (!ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    return { fault: 'Ports are numbers from 1 to 65535, with commas between them.' }
  }
  return ports.length <= 20 ? { host, ports } : { fault: 'A rule has at most 20 ports.' }
}

/** One rule as a person reads it. */
export function ruleSentence(rule: NetworkRule): string {
  return networkSentences({ undecided: 'deny', rules: [rule] })[0] ?? ''
}

const fault = {
  fault:
    'Write a host such as example.com, *.example.com or 192.0.2.1, with ports as in example.com:8443. No address of a page.',
}
