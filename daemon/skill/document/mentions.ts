import type { Span } from './fences.ts'

/** A `$[namespace].skill` in free text. The namespace is 1 to 7 segments; their order matters. */
export interface Mention {
  readonly namespace: readonly string[]
  readonly skill: string
  readonly span: Span
}

/** The most characters that a mention can have. */
export const longestMention = 2 + 7 * 65 + 1 + 64

const segment = '[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])'
const mention = new RegExp(
  String.raw`\$\[(?<namespace>${segment}(?::${segment}){0,6})\]\.(?<skill>[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9]))`,
  'g',
)

/**
 * The mentions in a text, in order. Tolerant: what is not well formed is plain text. Code spans and fences do not hide a
 * mention, and one that a `]` follows at once is none.
 */
export function mentionsIn(text: string): Mention[] {
  return [...text.matchAll(mention)]
    .map((match) => ({
      namespace: match.groups!['namespace']!.split(':'),
      skill: match.groups!['skill']!,
      span: { start: match.index, end: match.index + match[0].length },
    }))
    .filter(({ span }) => text[span.end] !== ']')
}

/** A skill that is named as people call it: `/skill`, `$skill`, `/plugin:skill`. Whether it is one, only the catalogue knows. */
export interface NameMention {
  readonly form: 'slash' | 'dollar'
  /** What stands before a colon; empty where there is none. */
  readonly prefix: string
  readonly skill: string
  /** With the `/` or `$`. */
  readonly span: Span
}

const nameMention =
  /(?<![^\s"'`([*_,;|>])([/$])(?:([a-z][a-z0-9-]{0,62}[a-z0-9]):)?([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)(?![\w/=(\\{]|[-.:][\w/])/g

/** What could be the name of a skill, in order: a word behind `/` or `$` that is no part of a path or variable. */
export function nameMentionsIn(text: string, within: Span): NameMention[] {
  const found: NameMention[] = []
  for (const match of text.slice(within.start, within.end).matchAll(nameMention)) {
    const [whole, sign, prefix = '', skill = ''] = match
    const start = within.start + match.index
    if (skill.length < 2 || skill.length > 64) continue
    const span = { start, end: start + whole.length }
    found.push({ form: sign === '/' ? 'slash' : 'dollar', prefix, skill, span })
  }
  return found
}
