import type { SkillDocument } from '../document/document.ts'
import { finderFor, gateOf } from './needs.ts'
import type { ProfileId } from './profiles.ts'
import type { Hit, Rule, RuleContext, RuleSeverity, Severity } from './rule.ts'
import { type RuleCode, rules } from './rules.ts'
import { skillRootOf } from './skillFolder.ts'
import { silences, suppressionsIn } from './suppressions.ts'
import type { WordFinder } from './wordFinder.ts'

/** A hit of a rule, as it is told. */
export interface Finding extends Hit {
  readonly code: RuleCode
  readonly severity: Severity
  readonly saidByEditor: boolean
}

/** Severities by code, or by the letter of a group; what is more exact counts. */
export type SeveritySettings = Readonly<Record<string, RuleSeverity>>

/** One rule finds no more than this in one document; the rest is the same again. */
const mostHits = 200

const unset: SeveritySettings = {}
const codes = Object.keys(rules) as readonly RuleCode[]

/** Every finding of every rule, in the order of the text. */
export function findIn(document: SkillDocument, context: RuleContext, settings: SeveritySettings = unset): Finding[] {
  const found: Finding[] = []
  const { active, gate } = triedIn(document, context, settings)
  const worth = gate(document)
  for (let at = 0; at < worth.length; at++) if (worth[at] !== 0) collect(active[at]!, document, context, found)
  const suppressions = found.length > 0 ? suppressionsIn(document) : []
  const told = suppressions.length === 0 ? found : found.filter(({ code, span }) => !isSilenced(code, span))
  return told.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)

  function isSilenced(code: RuleCode, span: Hit['span']): boolean {
    if ((rules[code] as Rule).security) return false
    return suppressions.some((suppression) => silences(suppression, code, span))
  }
}

/** The findings of one rule, suppressed ones included. */
export function findingsOf(
  code: RuleCode,
  document: SkillDocument,
  context: RuleContext,
  settings: SeveritySettings = unset,
): Finding[] {
  const found: Finding[] = []
  const { active, gate } = triedIn(document, context, settings)
  const at = active.findIndex((each) => each.code === code)
  if (at >= 0 && gate(document)[at] !== 0) collect(active[at]!, document, context, found)
  return found
}

/** A rule that looks at documents of one kind under some settings. */
interface Active {
  readonly code: RuleCode
  readonly rule: Rule
  /** What settings say. */
  readonly set: Severity | undefined
}

interface Tried {
  readonly active: readonly Active[]
  /** Which of them are worth trying in a document. */
  readonly gate: (document: SkillDocument) => Uint8Array
}

const known = new WeakMap<SeveritySettings, Map<string, Tried>>()

/** The rules that can find something: the same for all documents of a kind, and of Markdown for all in folders of skills. */
function triedIn(document: SkillDocument, { profiles, files }: RuleContext, settings: SeveritySettings): Tried {
  const { kind } = document
  const isLoose = kind === 'markdown' && !skillRootOf(document, files)
  const under = known.get(settings) ?? new Map<string, Tried>()
  known.set(settings, under)
  const key = `${kind} ${isLoose} ${profiles.join(' ')}`
  const found = under.get(key)
  if (found) return found
  const active = codes.flatMap((code): Active[] => {
    const rule: Rule = rules[code]
    const set = settings[code] ?? settings[code[0]!]
    if (set === 'off' || !rule.kinds.includes(kind) || (isLoose && !rule.anyMarkdown)) return []
    return set === undefined && severityOf(rule, profiles) === 'off' ? [] : [{ code, rule, set }]
  })
  const isUsual = active.every(({ rule }) => rule.severity !== 'off')
  const tried: Tried = {
    active,
    gate: gateOf(
      active.map(({ rule }) => rule),
      isUsual ? usualFinder() : undefined,
    ),
  }
  under.set(key, tried)
  return tried
}

let finder: WordFinder | undefined

/** Finds what all rules need that are not off until somebody asks for them. */
function usualFinder(): WordFinder {
  finder ??= finderFor(codes.map((code): Rule => rules[code]).filter(({ severity }) => severity !== 'off'))
  return finder
}

function collect({ code, rule, set }: Active, document: SkillDocument, context: RuleContext, found: Finding[]): void {
  const hits = rule.check(document, context)
  for (let at = 0; at < hits.length && at < mostHits; at++) {
    const hit = hits[at]!
    const wrongFor = hit.profiles?.filter((profile) => context.profiles.includes(profile)) ?? context.profiles
    if (wrongFor.length === 0) continue
    const severity = set ?? hit.severity ?? severityOf(rule, wrongFor)
    if (severity === 'off') continue
    found.push({ ...hit, code, severity, saidByEditor: hit.saidByEditor ?? rule.saidByEditor ?? false })
  }
}

const ranks: readonly RuleSeverity[] = ['off', 'hint', 'information', 'warning', 'error']

/** The strictest severity that a rule has in any of `profiles`. */
function severityOf({ severity }: Rule, profiles: readonly ProfileId[]): RuleSeverity {
  if (typeof severity === 'string') return severity
  const each = profiles.map((profile) => severity[profile] ?? severity.default)
  return each.reduce((a, b) => (ranks.indexOf(a) >= ranks.indexOf(b) ? a : b), 'off')
}
