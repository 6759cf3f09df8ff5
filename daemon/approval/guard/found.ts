import type { Effect, GuardedPath, GuardedProgram, GuardReason, GuardReport, Risk } from '#protocol/guard.ts'
import { kindOf, type ReasonCode } from './reasons.ts'

/** What has been found out so far. Only ever grows: nothing found later takes back what was said before. */
export class Found {
  readonly #programs: GuardedProgram[] = []
  readonly #paths = new Map<string, GuardedPath>()
  readonly #hosts = new Set<string>()
  readonly #reasons = new Map<string, GuardReason>()
  #understood = true
  #effect: Effect = 'look'
  #risk: Risk = 'low'

  /** The program's place among all, for the reasons that are about it. */
  program(program: GuardedProgram): number {
    this.effect(program.effect)
    return this.#programs.push(program) - 1
  }

  /** Raises what a program, and with it the whole action, does. */
  effect(effect: Effect, program?: number): void {
    const its = program === undefined ? undefined : this.#programs[program]
    if (its) its.effect = strongest(effects, its.effect, effect)
    this.#effect = strongest(effects, this.#effect, effect)
  }

  path(path: string, effect: GuardedPath['effect'], { tree, orders }: { tree?: boolean; orders?: boolean } = {}): void {
    if (effect !== 'read') this.effect('write')
    const key = `${effect} ${path}`
    const before = this.#paths.get(key)
    this.#paths.set(key, {
      path,
      effect,
      ...((tree || before?.tree) && { tree: true }),
      ...((orders || before?.orders) && { orders: true }),
    })
  }

  host(host: string): void {
    this.#hosts.add(host)
    this.#risk = strongest(risks, this.#risk, kindOf('reaches-host').risk)
  }

  reason(code: ReasonCode, text: string, program?: number): void {
    const { risk, consequential, unknown } = kindOf(code)
    this.#risk = strongest(risks, this.#risk, risk)
    if (unknown) {
      this.#understood = false
      this.effect('unknown', program)
    }
    const key = `${code} ${text} ${program}`
    if (this.#reasons.has(key)) return
    this.#reasons.set(key, {
      code,
      text,
      ...(program !== undefined && { program }),
      ...(consequential && { consequential }),
    })
  }

  /** The consequential reason is worth saying, nothing else of it holds here. */
  addConsequences({ reasons }: GuardReport): void {
    for (const { code, text, consequential } of reasons) if (consequential) this.reason(code as ReasonCode, text)
  }

  report(): GuardReport {
    return {
      understood: this.#understood,
      effect: this.#understood ? this.#effect : 'unknown',
      risk: this.#risk,
      programs: this.#programs,
      paths: [...this.#paths.values()],
      hosts: [...this.#hosts],
      reasons: [...this.#reasons.values()],
    }
  }
}

const effects = ['look', 'write', 'run', 'unknown'] as const
const risks = ['low', 'medium', 'high', 'critical'] as const

function strongest<T>(order: readonly T[], one: T, other: T): T {
  return order.indexOf(one) >= order.indexOf(other) ? one : other
}
