import type { Action } from '#protocol/approval.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import type { Case, Judge } from '../../daemon/approval/judge.ts'
import { decide } from '../../daemon/approval/policy/decide.ts'
import { ruleSet } from '../../daemon/approval/policy/ruleSet.ts'
import { report, runs } from '../approval/policy/reports.ts'

/** Two that are grave, one of which takes its orders from a file, and one that is harmless. */
export const lines = ['deploy all', 'publish all', 'make all'] as const
export type Line = (typeof lines)[number]
export const hosts = ['a.example', 'b.example'] as const
export type Host = (typeof hosts)[number]

export const timeLimit = 60_000
const orders = '/w/deploy.sh'

/** Policy as it is, over rules that come and go, and a guard that knows these lines. */
export class ModelPolicy {
  readonly #rules = new Map<Line | Host, PolicyRule['verdict']>()
  readonly #granted: PolicyRule[] = []
  readonly #onGrant: () => void

  /** `onGrant` is told when what was granted for the workspace or the user is in force. */
  constructor(onGrant: () => void) {
    this.#onGrant = onGrant
  }

  say(about: Line | Host, verdict: PolicyRule['verdict'] | 'none'): void {
    if (verdict === 'none') this.#rules.delete(about)
    else this.#rules.set(about, verdict)
  }

  readonly judge: Judge = {
    judge: (tried) => {
      const seen = reportOf(tried)
      const rules = [...this.#granted, ...[...this.#rules].map(([about, verdict]) => ruleOf(about, verdict))]
      return { report: seen, decision: decide(tried.action, seen, { ...tried, policy: [ruleSet('user', { rules })] }) }
    },
    propose: () => [],
    ordersOf: ({ programs: [first] }) => (first?.name === 'deploy' ? [orders] : []),
    mode: undefined,
    hostRules: [],
    denyUnansweredAfterMs: timeLimit,
    grant: async (_, rules) => {
      await null
      this.#granted.push(...rules)
      this.#onGrant()
    },
  }
}

export const commandOf = (action: Action): string => (action.type === 'command' ? action.command : '')
export const connectAction = (host: string) => ({ type: 'connect', host, port: 443, command: '' }) as const
export const toolOf = (action: Action): string => (action.type === 'connect' ? 'network' : 'exec')
export const commandAction = (command: string) => ({ type: 'command', command, cwd: '/w', network: false }) as const

function ruleOf(about: Line | Host, verdict: PolicyRule['verdict']): PolicyRule {
  return about.includes(' ') ? { verdict, program: about.split(' ') } : { verdict, host: about }
}

function reportOf({ action }: Pick<Case, 'action'>) {
  if (action.type === 'connect') return report({ hosts: [action.host] })
  const command = commandOf(action)
  const grave = { code: 'publishes', text: 'It gives something away.', consequential: true as const, program: 0 }
  return { ...runs(command), reasons: command.startsWith('make') ? [] : [grave] }
}
