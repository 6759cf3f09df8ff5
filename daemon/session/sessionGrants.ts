import type { Action, Approval, Outcome } from '#protocol/approval.ts'
import type { NetworkRule } from '#protocol/network.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { grantKey } from '../approval/actionHash.ts'
import type { Orders } from './orders.ts'

type Connect = Extract<Action, { type: 'connect' }>

/** What was allowed for a session until it ends, as its answers in the log say. */
export class SessionGrants {
  /** Keys (`grantKey`) of exact actions and of hosts: what lifts a question, also one that a rule wants. */
  readonly keys = new Set<string>()
  readonly rules: PolicyRule[] = []
  /** Of exact actions, by key: the files that they were shown with. What these say was agreed to, and nothing else. */
  readonly #orders = new Map<string, Orders>()

  /** An answer was given, now or before this daemon began. */
  learn({ tool, action, hash, dependsOn }: Approval, outcome: Outcome): void {
    if (outcome.type !== 'allowForSession') return
    if (action.type === 'connect') {
      const { rules = [hostRule(action)] } = outcome
      this.rules.push(...rules)
      if (rules.some((rule) => names(rule, action))) this.keys.add(grantKey(tool, action))
    } else if (outcome.rules) this.rules.push(...outcome.rules)
    else {
      // The bytes themselves count, which what is told of them may not have.
      this.keys.add(hash)
      this.#orders.set(hash, dependsOn ?? [])
    }
  }

  /** The files that a grant of just this action is bound to; none where there is no such grant. */
  ordersOf(hash: string): Orders {
    return this.#orders.get(hash) ?? []
  }

  /** One of these files is another by now. */
  drop(hash: string): void {
    this.keys.delete(hash)
    this.#orders.delete(hash)
  }

  /** Of these rules, those about hosts, for the way out. */
  get hostRules(): NetworkRule[] {
    return this.rules.flatMap(({ verdict, host, ports }) =>
      host === undefined ? [] : [{ verdict, host, ...(ports && { ports }) }],
    )
  }
}

/** The rule that allows just this host and port. */
export function hostRule({ host, port }: Pick<Connect, 'host' | 'port'>): PolicyRule {
  return { verdict: 'allow', host, ports: [port] }
}

function names({ host, ports = [] }: PolicyRule, wanted: Connect): boolean {
  return host === wanted.host && ports.includes(wanted.port)
}
