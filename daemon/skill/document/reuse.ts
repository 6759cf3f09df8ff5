import type { Span } from './fences.ts'
import type { Inline } from './inlines.ts'

/** The inlines of each stretch of prose of a text, by where the stretch begins. */
export type InlinesByStart = ReadonlyMap<number, { readonly end: number; readonly inlines: readonly Inline[] }>

/** What an earlier version of a text leaves to a later one. */
export interface Remains {
  readonly inlines: InlinesByStart
  /** How much is the same at the beginning and at the end of both texts. */
  readonly head: number
  readonly tail: number
  /** How much longer the later text is. */
  readonly longer: number
}

/** What `before` leaves to `after`. */
export function remainsOf(before: string, after: string, inlines: InlinesByStart): Remains {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before.charCodeAt(head) === after.charCodeAt(head)) head++
  let tail = 0
  while (
    tail < most - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++
  return { inlines, head, tail, longer: after.length - before.length }
}

/** The inlines of the stretch `span` of the later text, of `length` characters, if the stretch is the same as before. */
export function reused(
  { inlines, head, tail, longer }: Remains,
  span: Span,
  length: number,
): readonly Inline[] | undefined {
  if (span.end <= head) {
    const same = inlines.get(span.start)
    return same?.end === span.end ? same.inlines : undefined
  }
  if (span.start < length - tail) return undefined
  const same = inlines.get(span.start - longer)
  return same?.end === span.end - longer ? same.inlines.map((inline) => shifted(inline, longer)) : undefined
}

function shifted(inline: Inline, by: number): Inline {
  if (by === 0) return inline
  const move = ({ start, end }: Span) => ({ start: start + by, end: end + by })
  const span = move(inline.span)
  switch (inline.type) {
    case 'link':
      return {
        ...inline,
        span,
        text: move(inline.text),
        target: move(inline.target),
        title: inline.title && move(inline.title),
      }
    case 'code':
    case 'comment':
      return { ...inline, span, content: move(inline.content) }
    case 'reference':
      return { ...inline, span, label: move(inline.label) }
    case 'definition':
      return { ...inline, span, label: move(inline.label), target: move(inline.target) }
    case 'url':
      return { ...inline, span, target: move(inline.target) }
    case 'tag':
      return { ...inline, span }
  }
}
