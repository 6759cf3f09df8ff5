import type { Action } from '#protocol/approval.ts'
import type { GuardedProgram, GuardReport } from '#protocol/guard.ts'
import { covers, hostKeys } from '../../egress/hostRule.ts'
import { hostsOf, pathsOf, type TouchedHost, type TouchedPath } from './actionParts.ts'
import { foldName, readNames, withoutPrivate } from './pathPattern.ts'
import type { Place } from './place.ts'
import { baseName } from './programWords.ts'
import type { RuledTool } from './ruledTool.ts'
import type { NamedRule } from './ruleName.ts'
import { type PathRule, pathKey, type RuleSet } from './ruleSet.ts'

/** A rule that is about an action, or a part of it. */
export interface Match {
  readonly source: RuleSet['source']
  readonly rule: NamedRule
  /** Whether it surely is: false where that part is only known when it runs. */
  readonly certain: boolean
  /** The part, for people. */
  readonly part: string
}

interface Found {
  readonly rule: NamedRule
  readonly certain: boolean
  readonly part: string
}

/** A thousand rules that may match say no more than the first of them. */
const mostUncertain = 20

/**
 * Every rule of a source that asks about or denies any part of an action: whatever of it was found, understood or not. A
 * rule that may match is among them, once; of these, no more than are worth telling.
 */
export function forbidding(
  set: RuleSet,
  { tool, schema }: RuledTool,
  action: Action,
  report: GuardReport,
  place: Place,
): Match[] {
  const found = new Map<NamedRule, Found>()
  let uncertain = 0
  const add = (match: Found) => {
    const known = found.get(match.rule)
    if (known ? known.certain || !match.certain : !match.certain && uncertain >= mostUncertain) return
    if (!match.certain) uncertain += 1
    found.set(match.rule, match)
  }
  for (const program of report.programs) programMatches(set, program, add)
  if (action.type === 'command') {
    for (const rule of set.forbids.commands.get(action.command) ?? []) add({ rule, certain: true, part: 'the command' })
  }
  for (const path of pathsOf(action, report, place)) pathMatches(set, path, place, add)
  const unknown = report.reasons.find(({ code }) => code === 'unknown-path')
  if (unknown)
    addFirst(set.forbids.paths, ({ rule }) => add({ rule, certain: false, part: 'a path that nobody knows yet' }))
  for (const host of hostsOf(action, report)) hostMatches(set, host, add)
  for (const rule of set.forbids.tools.get(foldName(tool)) ?? []) {
    const isOther = rule.schema !== undefined && schema !== undefined && rule.schema !== schema
    if (!isOther) add({ rule, certain: rule.schema === schema || rule.schema === undefined, part: `the tool ${tool}` })
  }
  return [...found.values()].map((match) => ({ source: set.source, ...match }))
}

type Add = (found: Found) => void

function programMatches({ forbids }: RuleSet, program: GuardedProgram, add: Add): void {
  const part = partOf(program)
  if (program.name === null) {
    addFirst(forbids.programs, ({ rule }) => add({ rule, certain: false, part }))
    return
  }
  for (const { rule, words } of forbids.programs.get(baseName(program.name)) ?? []) {
    const caught = words.catches(program)
    if (caught !== 'no') add({ rule, certain: caught === 'yes', part })
  }
}

function addFirst<T>(index: ReadonlyMap<string, readonly T[]>, add: (item: T) => void): void {
  let left = mostUncertain
  for (const items of index.values()) {
    for (const item of items) {
      if (left-- <= 0) return
      add(item)
    }
  }
}

/** Its words as far as they are known, for people. */
export function partOf({ argv }: GuardedProgram): string {
  const words = argv.slice(0, 20).map((word) => word ?? '?')
  const text = argv.length > 20 ? [...words, '…'].join(' ') : words.join(' ')
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

/** Longer than any that a system knows. */
const longestPath = 4_096

function pathMatches({ forbids }: RuleSet, touched: TouchedPath, place: Place, add: Add): void {
  if (forbids.paths.size === 0) return
  const { path, access, tree } = touched
  const part = `${access} ${path.slice(0, 200)}`
  const isTooLong = path.length > longestPath
  const views = viewsOf(path.slice(0, longestPath), place)
  const see = ({ rule, pattern }: PathRule, names: readonly string[]) => {
    if (rule.access && !rule.access.includes(access)) return
    const { matches, below } = readNames(pattern, names)
    if (matches) add({ rule, certain: true, part })
    else if ((tree && below) || isTooLong) add({ rule, certain: false, part })
  }
  for (const { base, names } of views) {
    for (let length = 0; length <= names.length; length++) {
      for (const rule of forbids.paths.get(pathKey(base, names.slice(0, length))) ?? []) see(rule, names)
    }
  }
  if (!tree) return
  const above = placeNames(path)
  const from = { root: [], workspace: placeNames(place.root), home: placeNames(place.home) }
  // A rule may begin below.
  for (const rules of forbids.paths.values()) {
    const [first] = rules
    if (!first || !isAbove(above, from[first.pattern.base], first.pattern.literal)) continue
    for (const { rule } of rules) if (!rule.access || rule.access.includes(access)) add({ rule, certain: false, part })
  }
}

function isAbove(names: readonly string[], base: readonly string[], literal: readonly string[]): boolean {
  if (names.length > base.length + literal.length) return false
  return names.every((name, at) => name === (at < base.length ? base[at] : literal[at - base.length]))
}

interface View {
  readonly base: 'workspace' | 'home' | 'root'
  readonly names: readonly string[]
}

/** The path as each kind of rule names it, in the spelling of those that forbid. */
function viewsOf(path: string, { root, home }: Place): View[] {
  const names = placeNames(path)
  const views: View[] = [{ base: 'root', names }]
  for (const [base, from] of [
    ['workspace', placeNames(root)],
    ['home', placeNames(home)],
  ] as const) {
    if (from.every((name, at) => names[at] === name)) views.push({ base, names: names.slice(from.length) })
  }
  return views
}

/** The names of an absolute path. What macOS shows a second time below /private is named without it. */
function placeNames(path: string): readonly string[] {
  const known = namesOf.get(path)
  if (known) return known
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  const folded = withoutPrivate(names.map(foldName))
  if (namesOf.size >= 1_000) namesOf.clear()
  namesOf.set(path, folded)
  return folded
}

// Workspace and home are looked at with every path.
const namesOf = new Map<string, readonly string[]>()

function hostMatches({ forbids }: RuleSet, { text, host, port }: TouchedHost, add: Add): void {
  if (forbids.hosts.size === 0) return
  const part = `the host ${text.slice(0, 200)}`
  if (!host) {
    addFirst(forbids.hosts, (rule) => add({ rule, certain: false, part }))
    return
  }
  for (const key of hostKeys(host)) {
    for (const rule of forbids.hosts.get(key) ?? []) {
      const network = { verdict: rule.verdict, host: rule.host ?? '', ...(rule.ports && { ports: rule.ports }) }
      if (covers(network, host, port ?? rule.ports?.[0] ?? 443)) {
        add({ rule, certain: port !== undefined || rule.ports === undefined, part })
      }
    }
  }
}
