import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { Variable } from '../document/variables.ts'
import { soundEntry } from './entries.ts'

/** Money, not an argument: `$5.00`, `$9/month`, `$2k`, `$1,000`. A slash before or behind it is a path's as a rule. */
const money =
  /^(?:[.,]\d|\s?(?:\/\s?(?:month|mo|day|week|year|yr|hour|hr|minute|min|user|seat|person|team|GB|TB|MB|[1-9]\d*[kKMB]?|[kKMB]|million|billion|requests?|calls?|tokens?|items?|units?)\b|per\b|a (?:day|week|month|year)\b|USD\b|US\b|dollars?\b|cents?\b|million\b|billion\b|each\b)|[kKMB]\b|\+)/

/** Whether a variable of one digit is the price of something. */
export function isMoney(document: SkillDocument, { form, span }: Variable): boolean {
  const { text } = document
  return form === 'positional' && text[span.start - 1] !== '/' && money.test(text.slice(span.end, span.end + 12))
}

/** The names that `arguments` gives, in order, with where they stand. */
export function declaredArguments(document: SkillDocument): { name: string; span: Span }[] {
  const value = soundEntry(document, 'arguments')?.value
  if (value?.kind === 'list') return value.items.map(({ text, span }) => ({ name: text.trim(), span }))
  if (value?.kind !== 'text') return []
  return [...document.slice(value.span).matchAll(/[^\s,'"]+/g)].map((match) => {
    const start = value.span.start + match.index
    return { name: match[0], span: { start, end: start + match[0].length } }
  })
}

/** Whether the author had arguments in mind: said so in the frontmatter, or wrote `$ARGUMENTS`. */
export function takesArguments(document: SkillDocument): boolean {
  return (
    soundEntry(document, 'argument-hint') !== undefined ||
    soundEntry(document, 'arguments') !== undefined ||
    document.variables.some(({ form, escaped }) => !escaped && (form === 'arguments' || form === 'indexed'))
  )
}

/**
 * The variables that stand for arguments. `$1` and `$name` are the shell's as well, and `$5` is money: they count only where the author had
 * arguments in mind, and `$1` only outside of code that has its own.
 */
export function argumentVariables(document: SkillDocument): readonly Variable[] {
  const { variables } = document
  if (variables.length === 0) return []
  const names = new Set(declaredArguments(document).map(({ name }) => name))
  const meant = takesArguments(document)
  const inCode = codeAt(document)
  return variables.filter((variable) => {
    const { form, name, escaped, span } = variable
    if (escaped) return false
    if (form === 'arguments' || form === 'indexed') return true
    if (form === 'named') return names.has(name)
    if (form !== 'positional' || !meant || name.length > 1 || isMoney(document, variable)) return false
    return !inCode(span.start)
  })
}

/** Whether an offset lies in a fence or indented code. Asked in the order of the text. */
export function codeAt(document: SkillDocument): (offset: number) => boolean {
  const blocks = document.blocks.filter(({ type }) => type === 'fence' || type === 'indented')
  let at = 0
  return (offset) => {
    while (at < blocks.length && blocks[at]!.span.end <= offset) at++
    return at < blocks.length && blocks[at]!.span.start <= offset
  }
}
