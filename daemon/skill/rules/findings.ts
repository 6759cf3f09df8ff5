import type { SkillDocument } from '../document/document.ts'
import type { ProfileId } from './profiles.ts'
import type { Hit, Rule, RuleContext, RuleSeverity, Severity } from './rule.ts'
import { type RuleCode, rules } from './rules.ts'
import { skillRootOf } from './skillFolder.ts'
import { silences, suppressionsIn } from './suppressions.ts'

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

const codes = Object.keys(rules) as readonly RuleCode[]

/** Every finding of every rule, in the order of the text. */
export function findIn(document: SkillDocument, context: RuleContext, settings: SeveritySettings = {}): Finding[] {
  const found = codes.flatMap((code) => findingsOf(code, document, context, settings))
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
  settings: SeveritySettings = {},
): Finding[] {
  const rule: Rule = rules[code]
  const set = settings[code] ?? settings[code[0]!]
  if (set === 'off' || !rule.kinds.includes(document.kind)) return []
  if (set === undefined && severityOf(rule, context.profiles) === 'off') return []
  if (document.kind === 'markdown' && !rule.anyMarkdown && !skillRootOf(document, context.files)) return []
  return rule
    .check(document, context)
    .slice(0, mostHits)
    .flatMap((hit) => {
      const wrongFor = hit.profiles?.filter((profile) => context.profiles.includes(profile)) ?? context.profiles
      if (wrongFor.length === 0) return []
      const severity = set ?? hit.severity ?? severityOf(rule, wrongFor)
      if (severity === 'off') return []
      return [{ ...hit, code, severity, saidByEditor: hit.saidByEditor ?? rule.saidByEditor ?? false }]
    })
}

const ranks: readonly RuleSeverity[] = ['off', 'hint', 'information', 'warning', 'error']

/** The strictest severity that a rule has in any of `profiles`. */
function severityOf({ severity }: Rule, profiles: readonly ProfileId[]): RuleSeverity {
  if (typeof severity === 'string') return severity
  const each = profiles.map((profile) => severity[profile] ?? severity.default)
  return each.reduce((a, b) => (ranks.indexOf(a) >= ranks.indexOf(b) ? a : b), 'off')
}
