import type { SemanticTokens, SemanticTokensLegend } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { FeatureContext } from './feature.ts'
import { namesIn } from './thing.ts'

const types = ['namespace', 'function', 'class', 'variable', 'macro'] as const
type TokenType = (typeof types)[number]

export const legend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: ['unresolved'] }

interface Token {
  readonly span: Span
  readonly type: TokenType
  readonly unresolved: boolean
}

/**
 * Names of skills and agents that mean something, variables and dynamic commands. What VS Code colours itself in complement mode
 * (variables of the body) is left to it.
 */
export function semanticTokens(
  document: SkillDocument,
  complement: boolean,
  context: Pick<FeatureContext, 'catalogue' | 'home'>,
): SemanticTokens {
  const names = namesIn(document, context).flatMap(({ reference, targets }): Token[] => {
    const unresolved = targets.length === 0 && context.catalogue.complete
    const type = reference.of === 'agent' ? 'class' : 'function'
    const name: Token = { span: reference.nameSpan, type, unresolved }
    if (reference.namespace === '') return [name]
    const start = reference.span.start + (reference.form === 'namespaced' ? 2 : 1)
    return [{ span: { start, end: start + reference.namespace.length }, type: 'namespace', unresolved: false }, name]
  })
  const variables = complement
    ? []
    : document.variables
        .filter((variable) => isVariable(document, variable))
        .map(({ span }): Token => ({ span, type: 'variable', unresolved: false }))
  const commands = document.commands
    .filter(({ runs, form }) => runs && form === 'inline')
    .map(({ span }): Token => ({ span, type: 'macro', unresolved: false }))
  return encode(document, [...names, ...variables, ...commands])
}

/** `$name` is a variable only of a skill that names its arguments. */
function isVariable(document: SkillDocument, { form, escaped }: SkillDocument['variables'][number]): boolean {
  return !escaped && (form !== 'named' || document.entry('arguments') !== undefined)
}

/** Five numbers a token, each line and character relative to the token before. Tokens neither overlap nor span lines. */
function encode(document: SkillDocument, tokens: readonly Token[]): SemanticTokens {
  const data: number[] = []
  let line = 0
  let character = 0
  let end = 0
  for (const { span, type, unresolved } of [...tokens].sort(
    (a, b) => a.span.start - b.span.start || b.span.end - a.span.end,
  )) {
    if (span.start < end || span.end <= span.start) continue
    const { start, end: stop } = document.rangeOf(span)
    if (start.line !== stop.line) continue
    end = span.end
    data.push(start.line - line, start.line === line ? start.character - character : start.character)
    data.push(span.end - span.start, types.indexOf(type), unresolved ? 1 : 0)
    line = start.line
    character = start.character
  }
  return { data }
}
