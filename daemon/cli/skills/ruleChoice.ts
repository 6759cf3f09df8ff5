import type { SeveritySettings } from '../../skill/rules/findings.ts'
import type { RuleSeverity } from '../../skill/rules/rule.ts'
import { rules } from '../../skill/rules/rules.ts'
import { UsageError } from '../usage.ts'

const codes = Object.keys(rules)
const levels: readonly RuleSeverity[] = ['error', 'warning', 'information', 'hint', 'off']

/**
 * What is told and how: of `only` (codes such as R15, or letters of groups) no other rule is tried, and each of `set`, as `R15=off`, counts for
 * itself. Throws a UsageError that names what is not understood.
 */
export function severitiesFrom(only: readonly string[] = [], set: readonly string[] = []): SeveritySettings {
  const asked = only.flatMap((each) => each.split(',')).map(known)
  const others = asked.length === 0 ? [] : codes.filter((code) => !asked.some((each) => code.startsWith(each)))
  const levelled = set.flatMap((each) => each.split(',')).map(levelFrom)
  return { ...Object.fromEntries(others.map((code) => [code, 'off' as const])), ...Object.fromEntries(levelled) }
}

function levelFrom(written: string): readonly [string, RuleSeverity] {
  const [name = '', asked = ''] = written.split('=')
  const level = levels.find((each) => each === asked)
  if (level !== undefined) return [known(name), level]
  throw new UsageError(`"${written}" is no severity of a rule. Write R15=off; there are ${levels.join(', ')}.`)
}

function known(name: string): string {
  if (name !== '' && codes.some((code) => code === name || code[0] === name)) return name
  throw new UsageError(`There is no rule "${name}". A rule is called like R15, and all of its group R.`)
}
