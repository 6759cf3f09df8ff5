import { posix } from 'node:path'
import type { Action } from '#protocol/approval.ts'
import type { GuardedProgram, GuardReport } from '#protocol/guard.ts'
import { hidesSomething } from '#protocol/visible.ts'
import { covers, hostKeys } from '../../egress/hostRule.ts'
import { hostsOf, type TouchedPath } from './actionParts.ts'
import { namesConsequence } from './consequence.ts'
import { type Match, partOf } from './forbids.ts'
import { readNames } from './pathPattern.ts'
import { isBeyond, isNowhere, isPlain, type Place, regionOfPath } from './place.ts'
import { baseName } from './programWords.ts'
import type { RuledTool } from './ruledTool.ts'
import type { NamedRule } from './ruleName.ts'
import { type PathRule, type ProgramRule, pathKey, type RuleSet } from './ruleSet.ts'

type Command = Extract<Action, { type: 'command' }>

/** What is known of an action where rules are asked whether they allow it. */
interface CoverageContext extends Place, RuledTool {
  /** What only looks is allowed without a rule, and nothing else. */
  readonly onlyLooks: boolean
}

/** What the rules that allow something leave open of an action. */
export interface Coverage {
  /** Every rule that covers a part. */
  readonly matches: readonly Match[]
  /** Programs (their places in the report) that no rule covers and that are not allowed without one. */
  readonly programs: readonly number[]
  /** Paths of the same kind. */
  readonly paths: readonly TouchedPath[]
  /** Nothing is left open, and a rule was needed for it. */
  readonly isWhole: boolean
}

type Cover = (sets: readonly RuleSet[], action: Action, report: GuardReport, context: CoverageContext) => Coverage

/** Whether the allows of all sources together cover an action, and what they leave open. */
export const coverage: Cover = (sets, action, report, context) =>
  covering[action.type](sets, action as never, report, context)

const noCoverage: Coverage = { matches: [], programs: [], paths: [], isWhole: false }

const covering: { [T in Action['type']]: Cover } = {
  command: (sets, action, report, context) => commandCoverage(sets, action as Command, report, context),
  process: () => noCoverage,
  read: pathCoverage,
  list: pathCoverage,
  search: pathCoverage,
  write: pathCoverage,
  connect: (sets, action, report) => {
    const [wanted] = hostsOf(action, report)
    const host = wanted?.host
    if (!host) return noCoverage
    const matches = rulesOf(sets, ({ allows }) => hostKeys(host).flatMap((key) => allows.hosts.get(key) ?? []))
      .filter(({ rule }) => {
        const network = { verdict: 'allow' as const, host: rule.host ?? '', ...(rule.ports && { ports: rule.ports }) }
        return covers(network, host, wanted.port ?? 0)
      })
      .map((found) => ({ ...found, certain: true, part: `the host ${wanted.text.slice(0, 200)}` }))
    return { ...noCoverage, matches, isWhole: matches.length > 0 }
  },
  mcp: toolCoverage,
  unknown: toolCoverage,
}

function toolCoverage(
  sets: readonly RuleSet[],
  _: Action,
  __: GuardReport,
  { tool, schema }: CoverageContext,
): Coverage {
  const matches = rulesOf(sets, ({ allows }) => allows.tools.get(tool) ?? [])
    .filter(({ rule }) => rule.schema === undefined || rule.schema === schema)
    .map((found) => ({ ...found, certain: true, part: `the tool ${tool}` }))
  return { ...noCoverage, matches, isWhole: matches.length > 0 }
}

/** Each program by a rule or because it needs none, and likewise each path; or the whole line by a rule of its own. */
function commandCoverage(
  sets: readonly RuleSet[],
  action: Command,
  report: GuardReport,
  context: CoverageContext,
): Coverage {
  const fits = ({ network }: NamedRule) => network === true || !action.network
  const exact = rulesOf(sets, ({ allows }) => (allows.commands.get(action.command) ?? []).filter(fits))
  if (exact.length > 0) {
    const matches = exact.map((found) => ({ ...found, certain: true, part: 'the command' }))
    return { ...noCoverage, matches, isWhole: true }
  }
  const asIs = { ...context, network: action.network }
  const rules = report.programs.map((program) => programRules(sets, program, fits))
  const programs = report.programs.flatMap((program, at) => {
    const grave = report.reasons.some((reason) => reason.consequential && reason.program === at)
    const enough = (rules[at] ?? []).filter(({ found }) => !grave || namesConsequence(found.words, program))
    const isFree = !grave && (needsNoRule(program, asIs) || isCarrier(report.programs, at))
    return isFree || (enough.length > 0 && isKnownThrough(program, report.programs)) ? [] : [at]
  })
  const pathMatches: Match[] = []
  const paths = report.paths.flatMap(({ path, effect, tree = false }): TouchedPath[] => {
    const touched = { path, access: effect, tree }
    const found = pathRules(sets, touched, context)
    pathMatches.push(...found)
    // What is written beyond the workspace the rule itself has to name: who allowed a program did not think of that.
    const isHeld = effect === 'read' || (regionOfPath(path, context) !== 'home' && !isBeyond(path, context))
    const isNamed = report.programs.some(({ argv }, at) =>
      rules[at]?.some(({ found: { rule } }) => names(isHeld ? argv : (rule.program ?? []).flat(), path, action.cwd)),
    )
    return found.length > 0 || isNamed || pathNeedsNoRule(touched, asIs) ? [] : [touched]
  })
  const programMatches = rules.flatMap((found, at) =>
    found.map(({ source, found: { rule } }) => {
      const program = report.programs[at]
      return { source, rule, certain: true, part: program ? partOf(program) : '' }
    }),
  )
  const matches = [...programMatches, ...pathMatches]
  const isGrave = report.reasons.some(({ consequential, program }) => consequential && program === undefined)
  const isClear = report.understood && !isGrave && !writesUnknown(report) && !hidesSomething(action.command)
  const isWhole = isClear && matches.length > 0 && programs.length === 0 && paths.length === 0
  return { matches, programs, paths, isWhole }
}

/** It may be anywhere, and no rule names it. */
function writesUnknown({ reasons, programs }: GuardReport): boolean {
  return reasons.some(({ code, program = -1 }) => code === 'unknown-path' && programs[program]?.effect !== 'look')
}

interface Asked extends CoverageContext {
  readonly network: boolean
}

/** Programs that tell nobody anything but who runs them. */
const silent: ReadonlySet<string> = new Set(
  '[ basename cat cd cut date dirname echo egrep false fgrep grep head ls nl printf pwd realpath seq sort stat tail test tr true uniq wc'.split(
    ' ',
  ),
)
/** They run the program behind them, and do nothing of their own to it. */
const carriers: ReadonlySet<string> = new Set('command exec ionice nice nohup setsid stdbuf time timeout'.split(' '))

function needsNoRule({ name, effect }: GuardedProgram, { network, onlyLooks }: Asked): boolean {
  if (network) return effect === 'look' && name !== null && silent.has(name)
  return !onlyLooks || effect === 'look'
}

/** What it carries is a program of its own in the report. */
function isCarrier(programs: readonly GuardedProgram[], at: number): boolean {
  const carrier = programs[at]
  if (!carrier?.name || !carriers.has(carrier.name)) return false
  return programs.some(({ via, start, end }) => {
    const isInside = start >= carrier.start && end <= carrier.end
    return isInside && via.some((name) => baseName(name) === carrier.name)
  })
}

/** Whatever starts it is a program of its own in the report, or does nothing to it. */
function isKnownThrough({ via }: GuardedProgram, programs: readonly GuardedProgram[]): boolean {
  return via.every((through) => {
    const name = through.split(' ')[0] ?? ''
    return carriers.has(name) || programs.some((other) => other.name === name)
  })
}

/**
 * Within the workspace the layer holds it, where that is enough; what is only read there is looked at anyway. What is
 * written beyond it is no part of what a rule about other programs of the line was about.
 */
function pathNeedsNoRule({ path, access }: TouchedPath, { network, onlyLooks, ...place }: Asked): boolean {
  if (isNowhere(path)) return true
  if (access !== 'read' && isBeyond(path, place)) return false
  if (!network && !onlyLooks) return true
  if (access === 'read') return !network || regionOfPath(path, place) === 'workspace'
  return !onlyLooks && regionOfPath(path, place) === 'workspace'
}

/** Whether it stands among the words of a program, which are those that are shown, or of a rule about it. */
function names(words: readonly (string | null)[], path: string, cwd: string): boolean {
  return words.some((word) => {
    if (word === null) return false
    const value = word.slice(word.indexOf('=') + 1)
    return [word, value].some((named) => named !== '' && posix.resolve(cwd, named) === path)
  })
}

function programRules(sets: readonly RuleSet[], program: GuardedProgram, fits: (rule: NamedRule) => boolean) {
  const { name } = program
  if (name === null) return []
  return sets.flatMap(({ source, allows }) =>
    (allows.programs.get(baseName(name)) ?? [])
      .filter(({ rule, words }) => fits(rule) && words.covers(program))
      .map((found: ProgramRule) => ({ source, found })),
  )
}

function pathCoverage(sets: readonly RuleSet[], action: Action, _: GuardReport, context: CoverageContext): Coverage {
  if (!('path' in action)) return noCoverage
  const access = action.type === 'write' ? 'write' : 'read'
  const touched = { path: action.path, access, tree: action.type === 'search' } as const
  const matches = pathRules(sets, touched, context)
  return { ...noCoverage, matches, paths: matches.length > 0 ? [] : [touched], isWhole: matches.length > 0 }
}

function pathRules(sets: readonly RuleSet[], touched: TouchedPath, { root, home }: Place): Match[] {
  const { path, access, tree } = touched
  if (!isPlain(path) || path.length > 4_096) return []
  const part = `${access} ${path.slice(0, 200)}`
  const views = [
    { base: 'root', from: '/' },
    { base: 'workspace', from: root },
    { base: 'home', from: home },
  ] as const
  return views.flatMap(({ base, from }) => {
    const names = namesBelow(from, path)
    if (!names) return []
    const keys = Array.from({ length: names.length + 1 }, (_, length) => pathKey(base, names.slice(0, length)))
    const covering = ({ rule, pattern }: PathRule) => {
      const { matches, allBelow } = readNames(pattern, names)
      return (tree ? allBelow : matches) && (rule.access ?? [access]).includes(access)
    }
    return rulesOf(sets, ({ allows }) =>
      keys.flatMap((key) => (allows.paths.get(key) ?? []).filter(covering).map(({ rule }) => rule)),
    ).map((match) => ({ ...match, certain: true, part }))
  })
}

function namesBelow(folder: string, path: string): string[] | undefined {
  const below = posix.relative(folder, path)
  if (below === '') return []
  return below === '..' || below.startsWith('../') ? undefined : below.split('/')
}

function rulesOf(sets: readonly RuleSet[], pick: (set: RuleSet) => readonly NamedRule[]) {
  return sets.flatMap((set) => pick(set).map((rule) => ({ source: set.source, rule })))
}
