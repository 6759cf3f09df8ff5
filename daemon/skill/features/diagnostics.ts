import type { Diagnostic, DiagnosticSeverity } from 'vscode-languageserver'
import { type Finding, findIn, type Severity } from '../rules.ts'
import { rangeOf, type SkillFile } from '../skillFile.ts'

const severities: Record<Severity, DiagnosticSeverity> = { error: 1, warning: 2, information: 3, hint: 4 }

/** What is wrong with a skill. In complement mode without what VS Code says itself. */
export function diagnostics(file: SkillFile, complement: boolean): Diagnostic[] {
  return findIn(file)
    .filter(({ saidByEditor }) => !(complement && saidByEditor))
    .map((finding) => diagnosticOf(file, finding))
}

/** A finding as the editor takes it. */
export function diagnosticOf(file: SkillFile, { code, severity, message, span }: Finding): Diagnostic {
  return { range: rangeOf(file, span), severity: severities[severity], code, source: 'paddock', message }
}
