import { consequence, guardFacts, isConsequential, riskNames } from '#protocol/guardText.ts'
import type { ResultOf } from '#protocol/methods.ts'
import { ruleText, whoseRule } from '#protocol/policyRuleText.ts'
import { visible } from '#protocol/visible.ts'

export type PolicyExplanation = ResultOf<'policy/explain'>['explanations'][number]

export interface ExplanationLine {
  readonly icon?: string
  readonly label: string
  readonly description?: string
  readonly detail?: string
}

type Verdict = 'allow' | 'ask' | 'deny'

export const verdictWords: Readonly<Record<Verdict, { readonly name: string; readonly icon: string }>> = {
  allow: { name: 'Allowed', icon: 'pass' },
  ask: { name: 'Asked about', icon: 'question' },
  deny: { name: 'Denied', icon: 'circle-slash' },
}

/** What would become of an action, why, and what was seen in it: the answer first. Everything is made visible. */
export function explanationLines(explanation: PolicyExplanation): ExplanationLine[] {
  if (explanation.type === 'notUnderstood') {
    return [{ icon: 'warning', label: 'Not understood', detail: visible(explanation.why) }]
  }
  const { decision, because, guard, matches, proposals } = explanation
  const { name, icon } = verdictWords[decision.verdict]
  return [
    { icon, label: name, description: `by ${whoseRule(decision)}`, detail: visible(decision.reason) },
    { icon: 'law', label: 'Why this rule', detail: visible(because) },
    { icon: 'shield', label: riskNames[guard.risk], ...(isConsequential(guard) && { detail: consequence }) },
    ...guard.reasons.map(({ text }) => ({ icon: 'info', label: visible(text) })),
    ...guardFacts(guard).map(({ name, values }) => ({
      icon: 'eye',
      label: name,
      description: values.map(visible).join(', '),
    })),
    ...matches.map(({ source, rule, verdict, certain, part }) => ({
      icon: verdictWords[verdict].icon,
      label: `${whoseRule({ rule, source })} ${certain ? '' : 'may '}match${certain ? 'es' : ''}`,
      description: `${verdict}: ${visible(part)}`,
    })),
    ...proposals.map((rule) => ({ icon: 'key', label: 'What would allow it', detail: ruleText(rule) })),
  ]
}

/** The same to be read in an editor, as text that nothing in it can become a link of. */
export function explanationDocument(explanation: PolicyExplanation): string {
  const lines = explanationLines(explanation).map(({ label, description, detail }) =>
    [label, description, detail].filter(Boolean).join(': '),
  )
  const text = [visible(explanation.asked), '', ...lines].join('\n')
  return `# What would happen\n\n${text.replace(/^/gm, '    ')}\n`
}
