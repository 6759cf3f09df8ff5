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
