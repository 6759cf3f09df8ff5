import * as z from 'zod'

/**
 * What a workspace says of some hosts. `host` is a name (`example.com`, exactly), every name below one (`*.example.com`,
 * not itself), an address written as a literal, or `*` for any public host. A deny that matches wins over every allow.
 */
export const NetworkRule = z.object({
  verdict: z.enum(['allow', 'deny']),
  host: z.string().min(1).max(255),
  /** 80 and 443 where absent; for a deny, every port. */
  ports: z.array(z.int().min(1).max(65_535)).min(1).max(20).optional(),
})
export type NetworkRule = z.infer<typeof NetworkRule>

export const NetworkPolicy = z.object({
  /** What becomes of a host that no rule names. */
  undecided: z.enum(['ask', 'deny']),
  rules: z.array(NetworkRule).max(1_000),
})
export type NetworkPolicy = z.infer<typeof NetworkPolicy>

/** One decision about one host, with what it was made by. */
export const ConnectionDecision = z.object({
  host: z.string(),
  port: z.number(),
  /** How it was asked for. */
  how: z.enum(['http', 'connect', 'socks', 'captured']),
  verdict: z.enum(['allow', 'deny']),
  /** A rule as text, or a word for what decided: `approved`, `privateAddress`, `notANamedHost`, … */
  rule: z.string(),
  reason: z.string(),
})
export type ConnectionDecision = z.infer<typeof ConnectionDecision>

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
  const allowed = rules.filter(({ verdict }) => verdict === 'allow')
  return [
    ...denied.map((rule) => `Programs never reach ${hosts(rule)}${ports(rule)}.`),
    ...allowed.map((rule) => `Programs may reach ${hosts(rule)}${ports(rule)}.`),
    undecided === 'ask'
      ? `You are asked about every ${rules.length > 0 ? 'other ' : ''}host when a program wants it.`
      : `Programs reach ${rules.length > 0 ? 'nothing else' : 'no host at all'}.`,
    'This machine’s own services and private networks are out of reach unless a rule names their address.',
  ]
}
