import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine, type Span } from '../document/fences.ts'
import type { Block } from '../document/markdown.ts'
import { actionVerbs } from './actions.ts'
import { once } from './once.ts'

/** Without one of these there is no fence. */
export const fenceMarks = ['```', '~~~'] as const

export type Prose = Extract<Block, { type: 'prose' }>

/** The paragraphs and list items of a body. */
export const proseOf = once((document): readonly Prose[] =>
  document.blocks.filter((block): block is Prose => block.type === 'prose'),
)

/** Where `pattern` (global) matches in prose, outside of code, links and comments. `skip` leaves out paragraphs by their text. */
export function inProse(
  document: SkillDocument,
  pattern: RegExp,
  skip?: (text: string) => boolean,
): { span: Span; text: string }[] {
  const { inlines } = document
  const found: { span: Span; text: string }[] = []
  let at = 0
  for (const { span } of proseOf(document)) {
    const text = document.slice(span)
    pattern.lastIndex = 0
    if (!pattern.test(text) || skip?.(text)) continue
    pattern.lastIndex = 0
    for (const match of text.matchAll(pattern)) {
      const start = span.start + match.index
      while (at < inlines.length && inlines[at]!.span.end <= start) at++
      const inline = inlines[at]
      const hidden = inline && inline.span.start <= start && inline.type !== 'tag' && inline.type !== 'reference'
      if (!hidden) found.push({ span: { start, end: start + match[0].length }, text: match[0] })
    }
  }
  return found
}

/** The first line of a body that has something on it; undefined where there is none. */
export function firstBodyLine({ text, body }: SkillDocument): Span | undefined {
  const start = body.start + text.slice(body.start, body.end).search(/\S/)
  return start < body.start ? undefined : { start, end: lineEnd(text, start) }
}

/** The line of a body with this number, from 0; undefined where it has fewer. */
export function bodyLine({ text, body }: SkillDocument, number: number): Span | undefined {
  let at = body.start
  for (let line = 0; line < number; line++) {
    at = nextLine(text, at)
    if (at >= body.end) return undefined
  }
  return at < body.end ? { start: at, end: lineEnd(text, at) } : undefined
}

/** How many lines lie between two offsets, up to `most`. */
export function linesIn(text: string, { start, end }: Span, most = Number.POSITIVE_INFINITY): number {
  let lines = 0
  for (let at = start; at < end && lines < most; lines++) at = nextLine(text, at)
  return lines
}

/** A heading with all that follows up to the next of its level or a higher one. */
export interface Section {
  readonly title: Span
  readonly level: number
  readonly span: Span
}

export function sectionsOf(document: SkillDocument): Section[] {
  const headings = document.blocks.filter(
    (block): block is Extract<Block, { type: 'heading' }> => block.type === 'heading',
  )
  const ends = new Array<number>(headings.length).fill(document.body.end)
  const open: number[] = []
  headings.forEach(({ level, span }, index) => {
    while (open.length > 0 && headings[open.at(-1)!]!.level >= level) ends[open.pop()!] = span.start
    open.push(index)
  })
  return headings.map(({ title, level, span }, index) => ({
    title,
    level,
    span: { start: span.start, end: ends[index]! },
  }))
}

/** Whether a paragraph tells to do something, by its first word. */
export function isInstruction(document: SkillDocument, { span }: Prose): boolean {
  const start = document.text.slice(span.start, Math.min(span.end, span.start + 200))
  const word = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(?:\[[ xX]\]\s+)?[*_]{0,2}([A-Za-z’']+)/
    .exec(start)?.[1]
    ?.toLowerCase()
  return word !== undefined && (actionVerbs.has(word) || /^(?:always|never|don[’']t|do|must|avoid)$/.test(word))
}
