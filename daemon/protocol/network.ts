import * as z from 'zod'

/**
 * What a workspace says of some hosts. `host` is a name (`example.com`, exactly), every name below one (`*.example.com`,
 * not itself), an address written as a literal, or `*` for any public host. A deny that matches wins over every ask, and
 * an ask over every allow.
 */
export const NetworkRule = z.object({
  verdict: z.enum(['allow', 'ask', 'deny']),
  host: z.string().min(1).max(255),
  /** 80 and 443 where absent; for an ask or a deny, every port. */
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
