import type { PolicyRule } from '#protocol/policy.ts'

/** A rule with the name that it goes by. */
export interface NamedRule extends PolicyRule {
  readonly name: string
}

/** What a rule is called that has no name: what it says. */
export function ruleName(rule: PolicyRule): string {
  if (rule.name !== undefined) return rule.name
  const { program, command, path, host, tool } = rule
  const words = program?.map((word) => (typeof word === 'string' ? word : word.join('|'))).join(' ')
  const network = rule.network ? ' with network' : ''
  const about =
    (words !== undefined && `${words}${rule.exactly ? '' : ' …'}${network}`) ||
    (command !== undefined && `command ${command}${network}`) ||
    (path !== undefined && [...(rule.access ?? []), path].join(' ')) ||
    (host !== undefined && [host, ...(rule.ports ?? [])].join(':')) ||
    `tool ${tool}`
  return short(`${rule.verdict} ${about}`)
}

/** The name, or where it is taken the name and a number. */
export function freeName(name: string, taken: { has(name: string): boolean }): string {
  if (!taken.has(name)) return name
  for (let number = 2; ; number++) {
    const numbered = `${name} (${number})`
    if (!taken.has(numbered)) return numbered
  }
}

function short(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
