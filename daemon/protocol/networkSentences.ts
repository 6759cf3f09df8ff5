import type { NetworkPolicy, NetworkRule } from './network.ts'

/** The policy as a person reads it, one sentence per line. */
export function networkSentences({ undecided, rules }: NetworkPolicy): string[] {
  const ports = ({ ports, verdict }: NetworkRule) => {
    if (!ports) return verdict === 'allow' ? ' on ports 80 and 443' : ''
    return ` on port${ports.length > 1 ? 's' : ''} ${ports.join(', ')}`
  }
  const hosts = ({ host }: NetworkRule) => {
    if (host === '*') return 'any public host'
    return host.startsWith('*.') ? `every host below ${host.slice(2)}` : host
  }
  const denied = rules.filter(({ verdict }) => verdict === 'deny')
  const asked = rules.filter(({ verdict }) => verdict === 'ask')
  const allowed = rules.filter(({ verdict }) => verdict === 'allow')
  return [
    ...denied.map((rule) => `Programs never reach ${hosts(rule)}${ports(rule)}.`),
    ...asked.map((rule) => `You are always asked about ${hosts(rule)}${ports(rule)}.`),
    ...allowed.map((rule) => `Programs may reach ${hosts(rule)}${ports(rule)}.`),
    undecided === 'ask'
      ? `You are asked about every ${rules.length > 0 ? 'other ' : ''}host when a program wants it.`
      : `Programs reach ${rules.length > 0 ? 'nothing else' : 'no host at all'}.`,
    'This machine’s own services and private networks are out of reach unless a rule names their address.',
  ]
}
