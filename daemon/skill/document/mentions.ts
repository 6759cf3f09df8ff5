import { isCalled } from './calls.ts'
import type { Span } from './fences.ts'

/** A `$[namespace].skill` in free text. The namespace is 1 to 7 segments; their order matters. */
export interface Mention {
  readonly namespace: readonly string[]
  readonly skill: string
  readonly span: Span
}

/** The most characters that a mention can have. */
export const longestMention = 2 + 7 * 65 + 1 + 64

const none: readonly never[] = []
const segment = '[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])'
const mention = new RegExp(
  String.raw`\$\[(${segment}(?::${segment}){0,6})\]\.([a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9]))`,
  'y',
)

/**
 * The mentions in a text, in order. Tolerant: what is not well formed is plain text. Code spans and fences do not hide a
 * mention, and one that a `]` follows at once is none.
 */
export function mentionsIn(text: string): readonly Mention[] {
  let start = text.indexOf('$[')
  if (start < 0) return none
  const found: Mention[] = []
  while (start >= 0) {
    mention.lastIndex = start
    const match = mention.exec(text)
    const end = match ? mention.lastIndex : start + 2
    if (match && text[end] !== ']') {
      found.push({ namespace: match[1]!.split(':'), skill: match[2]!, span: { start, end } })
    }
    start = text.indexOf('$[', end)
  }
  return found
}

/** A skill that is named as people call it: `/skill`, `$skill`, `/plugin:skill`. Whether it is one, only the catalogue knows. */
export interface NameMention {
  readonly form: 'slash' | 'dollar'
  /** What stands before a colon; empty where there is none. */
  readonly prefix: string
  readonly skill: string
  /** With the `/` or `$`. */
  readonly span: Span
  /** The words around say that a skill is meant. */
  readonly called: boolean
}

const nameMention =
  /(?<![^\s"'`([*_,;|>])[/$](?:([a-z][a-z0-9-]{0,62}[a-z0-9]):)?([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)(?![\w/=(\\{]|[-.:][\w/])/y

/** What could be the name of a skill, in order: a word behind `/` or `$` that is no part of a path or variable. */
export function nameMentionsIn(text: string, within: Span): readonly NameMention[] {
  const source = text.slice(within.start, within.end)
  let slash = source.indexOf('/')
  let dollar = source.indexOf('$')
  if (slash < 0 && dollar < 0) return none
  const found: NameMention[] = []
  while (slash >= 0 || dollar >= 0) {
    const isSlash = dollar < 0 || (slash >= 0 && slash < dollar)
    const at = isSlash ? slash : dollar
    nameMention.lastIndex = at
    const match = nameMention.exec(source)
    const end = match ? nameMention.lastIndex : at + 1
    const [, prefix = '', skill = ''] = match ?? none
    if (skill.length >= 2 && skill.length <= 64) {
      const span = { start: within.start + at, end: within.start + end }
      found.push({ form: isSlash ? 'slash' : 'dollar', prefix, skill, span, called: isCalled(text, span) })
    }
    if (isSlash) slash = source.indexOf('/', end)
    else dollar = source.indexOf('$', end)
  }
  return found
}
