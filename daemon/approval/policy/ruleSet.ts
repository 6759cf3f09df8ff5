import type { Mode, PolicyRule, PolicySource, PolicyTrouble } from '#protocol/policy.ts'
import { ruleKey } from '../../egress/hostRule.ts'
import { foldName, isFault, loosePattern, type PathPattern, readPathPattern, strictPattern } from './pathPattern.ts'
import { type ProgramWords, programWords } from './programWords.ts'
import { freeName, type NamedRule, ruleName } from './ruleName.ts'

/** What one source says, indexed so that an action is compared with few of its rules. */
export interface RuleSet {
  readonly source: Exclude<PolicySource, 'builtin'>
  /** Of `mode` and what is allowed nothing holds, only what is asked and denied: nobody vouches for the file. */
  readonly tightensOnly: boolean
  /** A rule that may have been meant to ask or deny is not in force: nothing is allowed without a question. */
  readonly holds: boolean
  readonly rules: readonly NamedRule[]
  readonly mode?: Mode | undefined
  readonly denyUnansweredAfter?: number | undefined
  readonly allows: RuleIndex
  /** Asks and denies. */
  readonly forbids: RuleIndex
}

export interface RuleSetParams {
  readonly rules: readonly PolicyRule[]
  readonly mode?: Mode | undefined
  readonly denyUnansweredAfter?: number | undefined
  readonly troubles?: readonly PolicyTrouble[]
  readonly tightensOnly?: boolean
}

export interface ProgramRule {
  readonly rule: NamedRule
  readonly words: ProgramWords
}

export interface PathRule {
  readonly rule: NamedRule
  readonly pattern: PathPattern
}

/** Rules by what an action has of them. */
interface RuleIndex {
  readonly programs: ReadonlyMap<string, readonly ProgramRule[]>
  readonly commands: ReadonlyMap<string, readonly NamedRule[]>
  /** By base and literal names, as `pathKey` writes them. */
  readonly paths: ReadonlyMap<string, readonly PathRule[]>
  /** By `ruleKey`. */
  readonly hosts: ReadonlyMap<string, readonly NamedRule[]>
  readonly tools: ReadonlyMap<string, readonly NamedRule[]>
}

/** Rules that cannot be understood are left out here: who read them has said so. */
export function ruleSet(source: RuleSet['source'], params: RuleSetParams): RuleSet {
  const { tightensOnly = false, troubles = [] } = params
  const named = namedRules(params.rules)
  const settings = tightensOnly ? {} : { mode: params.mode, denyUnansweredAfter: params.denyUnansweredAfter }
  return {
    ...settings,
    source,
    tightensOnly,
    holds: !tightensOnly && troubles.some(({ holds }) => holds),
    rules: named,
    allows: indexOf(tightensOnly ? [] : named.filter(({ verdict }) => verdict === 'allow')),
    forbids: indexOf(named.filter(({ verdict }) => verdict !== 'allow')),
  }
}

export function pathKey(base: PathPattern['base'], names: readonly string[]): string {
  return `${base}:${names.join('/')}`
}

function namedRules(rules: readonly PolicyRule[]): NamedRule[] {
  const taken = new Set<string>()
  return rules.map((rule) => {
    const name = freeName(ruleName(rule), taken)
    taken.add(name)
    return { ...rule, name }
  })
}

function indexOf(rules: readonly NamedRule[]): RuleIndex {
  const programs = new Map<string, ProgramRule[]>()
  const commands = new Map<string, NamedRule[]>()
  const paths = new Map<string, PathRule[]>()
  const hosts = new Map<string, NamedRule[]>()
  const tools = new Map<string, NamedRule[]>()
  for (const rule of rules) {
    if (rule.program) {
      const words = programWords(rule)
      for (const name of new Set(words.names)) add(programs, name, { rule, words })
    }
    if (rule.command !== undefined) add(commands, rule.command, rule)
    if (rule.path !== undefined) {
      const read = readPathPattern(rule.path)
      if (isFault(read)) continue
      const pattern = rule.verdict === 'allow' ? loosePattern(read) : strictPattern(read)
      add(paths, pathKey(pattern.base, pattern.literal), { rule, pattern })
    }
    const key = rule.host === undefined ? undefined : ruleKey({ host: rule.host })
    if (key !== undefined) add(hosts, key, rule)
    if (rule.tool !== undefined) add(tools, rule.verdict === 'allow' ? rule.tool : foldName(rule.tool), rule)
  }
  return { programs, commands, paths, hosts, tools }
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key)
  if (known) known.push(value)
  else map.set(key, [value])
}
