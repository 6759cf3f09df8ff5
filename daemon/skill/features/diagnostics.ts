import type { Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import { uriOf } from '../document/location.ts'
import type { Finding } from '../rules/findings.ts'
import type { Rule, Severity } from '../rules/rule.ts'
import { rules } from '../rules/rules.ts'
import { sources } from '../rules/sources.ts'

const severities: Record<Severity, DiagnosticSeverity> = { error: 1, warning: 2, information: 3, hint: 4 }
const tags: Record<NonNullable<Finding['faded']>, DiagnosticTag> = { unnecessary: 1, deprecated: 2 }

/** How findings are told. */
export interface Telling {
  /** Leave out what VS Code says itself. */
  readonly complement: boolean
}

/** Findings as the editor takes them. */
export function told(document: SkillDocument, findings: readonly Finding[], { complement }: Telling): Diagnostic[] {
  return findings
    .filter(({ saidByEditor }) => !(complement && saidByEditor))
    .map((finding) => diagnosticOf(document, finding))
}

/** A finding as the editor takes it. */
export function diagnosticOf(document: SkillDocument, finding: Finding): Diagnostic {
  const { code, severity, message, span, related, faded } = finding
  const { source }: Rule = rules[code]
  return {
    range: document.rangeOf(span),
    severity: severities[severity],
    code,
    source: 'paddock',
    message,
    ...(source ? { codeDescription: { href: sources[source] } } : {}),
    ...(related?.length ? { relatedInformation: relatedTo(document, related) } : {}),
    ...(faded ? { tags: [tags[faded]] } : {}),
  }
}

const start = { line: 0, character: 0 }

/** A place in another file is told as its beginning: its text is not at hand. */
function relatedTo(document: SkillDocument, related: NonNullable<Finding['related']>): DiagnosticRelatedInformation[] {
  return related.map(({ message, path, span }) => {
    const here = path === undefined || path === document.path
    const range = here && span ? document.rangeOf(span) : { start, end: start }
    return { message, location: { uri: here ? document.uri : uriOf(path), range } }
  })
}
