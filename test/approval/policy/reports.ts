import type { Action, Decision } from '#protocol/approval.ts'
import type { GuardReport } from '#protocol/guard.ts'
import type { PolicyRule } from '#protocol/policy.ts'
import { decide, type PolicyContext } from '../../../daemon/approval/policy/decide.ts'
import { type RuleSet, type RuleSetParams, ruleSet } from '../../../daemon/approval/policy/ruleSet.ts'

export const root = '/home/ann/shop'
export const home = '/home/ann'

/** What the guard might say of something harmless that runs code. */
export function report(more: Partial<GuardReport> = {}): GuardReport {
  return { understood: true, effect: 'run', risk: 'low', programs: [], paths: [], hosts: [], reasons: [], ...more }
}

/** A program by its words; `?` is one that is only known when it runs. */
export function program(line: string, more: Partial<GuardReport['programs'][number]> = {}) {
  const argv = line.split(' ').map((word) => (word === '?' ? null : word))
  const written = argv[0] ?? null
  const name = written?.startsWith('/usr/bin/') ? written.slice('/usr/bin/'.length) : written
  return { name, argv, start: 0, end: line.length, via: [], effect: 'run' as const, ...more }
}

/** The report of a line of these programs. */
export function runs(...lines: string[]): GuardReport {
  return report({ programs: lines.map((line) => program(line)) })
}

export const command = (text: string, network = false, cwd = root): Action => ({
  type: 'command',
  command: text,
  cwd,
  network,
})
export const read = (path: string): Action => ({ type: 'read', path })
export const write = (path: string): Action => ({ type: 'write', path, size: 1, sha256: 'x' })

export function context(more: Partial<PolicyContext> = {}): PolicyContext {
  return {
    root,
    home,
    sandboxed: true,
    tool: 'exec',
    mode: 'auto',
    network: { undecided: 'ask', rules: [] },
    grants: new Set(),
    rules: [],
    policy: [],
    ...more,
  }
}

export function set(
  rules: readonly PolicyRule[],
  more: Partial<RuleSetParams> = {},
  source: RuleSet['source'] = 'user',
) {
  return ruleSet(source, { rules, ...more })
}

/** Verdict and rule of a decision, as one word each. */
export function short({ verdict, rule }: Decision): string {
  return `${verdict} ${rule}`
}

export function verdict(action: Action, guard: GuardReport, more: Partial<PolicyContext> = {}): Decision['verdict'] {
  return decide(action, guard, context(more)).verdict
}
