/** One word of a command, quotes and escapes taken off. */
export interface Word {
  /** Null where it is only known when it runs. */
  readonly text: string | null
  /** What it surely begins with. */
  readonly lead: string
  /** It may become several words, or none. */
  readonly many: boolean
  /** It may begin with a dash, and so be taken for an option. */
  readonly dash: boolean
  /** The pattern, where files' names take its place. */
  readonly glob?: string
  /** Where it stands in the line; of one that a program makes out of another, where that does. */
  readonly start: number
  readonly end: number
}

interface Span {
  readonly start: number
  readonly end: number
}

export function literalWord(text: string, { start, end }: Span): Word {
  return { text, lead: text, many: false, dash: text.startsWith('-'), start, end }
}

export function unknownWord(
  { start, end }: Span,
  lead = '',
  more: Partial<Pick<Word, 'many' | 'dash' | 'glob'>> = {},
): Word {
  const dash = lead === '' ? (more.dash ?? true) : lead.startsWith('-')
  return { text: null, lead, many: false, ...more, dash, start, end }
}

/** A word as it was written, for a sentence. */
export function shown({ text, glob, lead }: Word): string {
  return text ?? glob ?? `${lead}…`
}
