import type { Action } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { NetworkPolicy } from '#protocol/network.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import type { Case, Judge, Judgement } from '../approval/judge.ts'
import type { SessionLog } from './log.ts'
import { SessionGrants } from './sessionGrants.ts'

export interface SessionJudgeParts {
  readonly log: SessionLog
  readonly judge: Judge
  /** Where calls run. */
  readonly place: () => Pick<Case, 'root' | 'home' | 'sandboxed'>
  /** What the workspace's settings say of hosts. */
  readonly network: () => NetworkPolicy
}

/** What a tool would do. */
export interface Deed {
  readonly tool: string
  readonly action: Action
}

/** Guard and policy as they stand for one session: in its mode, at its place, with what was granted to it. */
export class SessionJudge {
  readonly grants = new SessionGrants()
  readonly #parts: SessionJudgeParts

  constructor(parts: SessionJudgeParts) {
    this.#parts = parts
  }

  judge(deed: Deed): Judgement {
    return this.#parts.judge.judge(this.#case(deed))
  }

  /** The rules to be offered to whoever is asked about it. */
  propose(deed: Deed, report: GuardReport): PolicyRule[] {
    return this.#parts.judge.propose(this.#case(deed), report)
  }

  /** How the session stands before whatever it does next. */
  get standing(): Omit<Case, 'tool' | 'action'> {
    const { log, place, network } = this.#parts
    const { mode = 'auto' } = log.state
    const { keys: grants, rules } = this.grants
    return { mode, ...place(), network: network(), grants, rules }
  }

  #case({ tool, action }: Deed): Case {
    return { tool, action, ...this.standing }
  }
}
