import type { Span } from './fences.ts'

/** Something in a body that a client replaces before the model reads it. */
export interface Variable {
  readonly span: Span
  /**
   * `arguments` is `$ARGUMENTS`, `indexed` `$ARGUMENTS[0]`, `positional` `$0`, `named` `$name`, `braced` `${NAME}`,
   * `base` `{baseDir}`.
   */
  readonly form: 'arguments' | 'indexed' | 'positional' | 'named' | 'braced' | 'base'
  /** The name without `$` and braces; the digits of an index. */
  readonly name: string
  /** A backslash stands before it, so that it is left as text. */
  readonly escaped: boolean
}

const variable =
  /\$ARGUMENTS\[(?<index>\d{1,4})\]|\$(?<all>ARGUMENTS)\b|\$(?<position>\d{1,4})(?!\d)|\$(?<name>[A-Za-z_][A-Za-z0-9_-]{0,63})|\$\{(?<braced>[A-Za-z_][A-Za-z0-9_.-]{0,63})\}|\{(?<base>baseDir)\}/g
const none: readonly Variable[] = []

/** The variables in a stretch of text, wherever they stand: clients replace them in code as well. */
export function variablesIn(text: string, span: Span): readonly Variable[] {
  const source = text.slice(span.start, span.end)
  if (!mayHave(source)) return none
  return [...source.matchAll(variable)].map((match): Variable => {
    const { index, all, position, name, braced, base } = match.groups!
    const start = span.start + match.index
    const place = { span: { start, end: start + match[0].length }, escaped: source[match.index - 1] === '\\' }
    if (index !== undefined) return { ...place, form: 'indexed', name: index }
    if (all !== undefined) return { ...place, form: 'arguments', name: all }
    if (position !== undefined) return { ...place, form: 'positional', name: position }
    if (name !== undefined) return { ...place, form: 'named', name }
    return braced === undefined ? { ...place, form: 'base', name: base! } : { ...place, form: 'braced', name: braced }
  })
}

/** Whether a `$` stands before anything that a name, an index or a brace begins with; finding that takes no pattern. */
function mayHave(source: string): boolean {
  for (let at = source.indexOf('$'); at >= 0; at = source.indexOf('$', at + 1)) {
    if (/[\w{]/.test(source.charAt(at + 1))) return true
  }
  return source.includes('{baseDir}')
}
