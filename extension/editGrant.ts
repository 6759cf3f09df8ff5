import * as vscode from 'vscode'
import type { PolicyRule } from '#protocol/policy.ts'
import { readGrantText, ruleSentence, ruleText } from '#protocol/policyRuleText.ts'

/** Asks for each rule how it is to stand; an empty one is left out. Undefined where the person leaves. */
export async function editGrant(rules: readonly PolicyRule[]): Promise<PolicyRule[] | undefined> {
  const changed: PolicyRule[] = []
  for (const [index, rule] of rules.entries()) {
    const text = await vscode.window.showInputBox({
      title: rules.length === 1 ? 'Paddock: Rule to Grant' : `Paddock: Rule ${index + 1} of ${rules.length} to Grant`,
      prompt: 'Nothing is granted yet: you choose for how long afterwards. Empty leaves the rule out.',
      value: ruleText(rule),
      ignoreFocusOut: true,
      validateInput: check,
    })
    if (text === undefined) return undefined
    const read = text.trim() === '' ? undefined : readGrantText(text)
    if (read && !('fault' in read)) changed.push(read)
  }
  return changed.length > 0 ? changed : undefined
}

function check(text: string) {
  if (text.trim() === '') return { message: 'Left out.', severity: vscode.InputBoxValidationSeverity.Info }
  const rule = readGrantText(text)
  if ('fault' in rule) return rule.fault
  return { message: ruleSentence(rule), severity: vscode.InputBoxValidationSeverity.Info }
}
