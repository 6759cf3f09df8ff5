import type { NetworkPolicy, NetworkRule } from '#protocol/network.ts'
import { type Host, readHost } from './hostName.ts'

/** What the rules alone say of a host. `rule` is the rule as text, or a word for what decided. */
export interface Ruling {
  readonly verdict: 'allow' | 'deny' | 'undecided'
  readonly rule: string
  readonly reason: string
  /** Undecided because a rule says that a person decides, whatever else would. */
  readonly asks?: true
}

const defaultPorts = [80, 443]

/**
 * Deny wins over ask, and ask over allow; a deny that cannot be understood denies everything, and such an ask asks about
 * everything. An address that no rule names literally is never undecided.
 */
export function ruling({ rules }: Pick<NetworkPolicy, 'rules'>, host: Host, port: number): Ruling {
  for (const rule of rules) {
    if (rule.verdict !== 'deny') continue
    if (!pattern(rule.host)) {
      const reason = `the rule “${ruleText(rule)}” cannot be understood, so nothing is let out until it is mended`
      return { verdict: 'deny', rule: ruleText(rule), reason }
    }
    if (covers(rule, host, port)) {
      return { verdict: 'deny', rule: ruleText(rule), reason: `the rule “${ruleText(rule)}” refuses it` }
    }
  }
  const ask = rules.find((rule) => rule.verdict === 'ask' && (!pattern(rule.host) || covers(rule, host, port)))
  if (ask && !isOutOfReach(host, rules, port)) {
    const rule = ruleText(ask)
    return { verdict: 'undecided', rule, reason: `the rule “${rule}” says that you are asked`, asks: true }
  }
  const allow = rules.find((rule) => rule.verdict === 'allow' && covers(rule, host, port))
  if (allow) return { verdict: 'allow', rule: ruleText(allow), reason: `the rule “${ruleText(allow)}” allows it` }
  if (host.type === 'address') {
    const reason = 'it was asked for by its address, and addresses are allowed only where a rule names them'
    return { verdict: 'deny', rule: 'notANamedHost', reason }
  }
  if (isLocal(host.text)) {
    const reason = 'services of this machine are out of reach unless a rule names them'
    return { verdict: 'deny', rule: 'privateAddress', reason }
  }
  return { verdict: 'undecided', rule: 'undecided', reason: 'no rule of this workspace allows it' }
}

/** Nobody is asked about what only a rule may name. */
function isOutOfReach(host: Host, rules: readonly NetworkRule[], port: number): boolean {
  const named = rules.some((rule) => rule.verdict !== 'deny' && rule.host !== '*' && covers(rule, host, port))
  return (host.type === 'address' || isLocal(host.text)) && !named
}

/** Whether a rule of this verdict names this very address, on this port. `*` names none. */
export function listsAddress(
  policy: NetworkPolicy,
  verdict: NetworkRule['verdict'],
  address: string,
  port: number,
): boolean {
  const host = readHost(address)
  return policy.rules.some(
    (rule) => rule.verdict === verdict && rule.host !== '*' && !!host && covers(rule, host, port),
  )
}

/** Why a rule's host can never match, or undefined where it is well written. */
export function ruleFault({ host }: Pick<NetworkRule, 'host'>): string | undefined {
  if (pattern(host)) return undefined
  return `“${host}” is neither a host name, nor *. and a name, nor an address, nor *. Ports and paths do not belong here.`
}

/** Whether a rule is about this host and port. */
export function covers(rule: NetworkRule, host: Host, port: number): boolean {
  const ports = rule.ports ?? (rule.verdict === 'allow' ? defaultPorts : undefined)
  if (ports && !ports.includes(port)) return false
  const hosts = pattern(rule.host)
  switch (hosts?.type) {
    case 'any':
      return host.type === 'name' ? !isLocal(host.text) || rule.verdict === 'deny' : rule.verdict === 'deny'
    case 'below':
      return host.type === 'name' && host.text.endsWith(`.${hosts.text}`)
    case 'name':
    case 'address':
      return host.type === hosts.type && host.text === hosts.text
    default:
      return false
  }
}

/** What rules about the same hosts have in common: whoever has many finds those of a host by `hostKeys`. */
export function ruleKey({ host }: Pick<NetworkRule, 'host'>): string | undefined {
  const hosts = pattern(host)
  if (!hosts) return undefined
  return hosts.type === 'any' ? '*' : hosts.type === 'below' ? `*.${hosts.text}` : hosts.text
}

/** The keys of all rules that may be about this host. */
export function hostKeys({ type, text }: Host): string[] {
  if (type === 'address') return [text, '*']
  const labels = text.split('.')
  return [text, ...labels.slice(1).map((_, at) => `*.${labels.slice(at + 1).join('.')}`), '*']
}

type Pattern = Host | { readonly type: 'any' } | { readonly type: 'below'; readonly text: string }

function pattern(written: string): Pattern | undefined {
  const known = patterns.get(written)
  if (known) return known
  const read = readPattern(written)
  if (patterns.size >= 5_000) patterns.clear()
  if (read) patterns.set(written, read)
  return read
}

// A policy of a thousand rules is looked at for every connection.
const patterns = new Map<string, Pattern>()

function readPattern(written: string): Pattern | undefined {
  if (written === '*') return { type: 'any' }
  if (!written.startsWith('*.')) return readHost(written)
  const parent = readHost(written.slice(2))
  return parent?.type === 'name' ? { type: 'below', text: parent.text } : undefined
}

function isLocal(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

function ruleText({ verdict, host, ports }: NetworkRule): string {
  return `${verdict} ${host}${ports ? ` on ${ports.join(', ')}` : ''}`
}
