import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { isInstruction, type Prose, proseOf } from './bodyText.ts'
import type { Hit } from './rule.ts'

const directive = /^(?:always|never|do not|don[’']t|must(?: not)?|you must(?: not)?|avoid)\s+(.{8,200}?)[.!]?$/i
const negative = /^(?:never|do not|don[’']t|must not|you must not|avoid)/i
/** Shorter sentences may stand twice. */
const longEnough = 40

/** Sentences of the same words, and of the same words with and without a “not”. */
export function repeated(document: SkillDocument): Hit[] {
  const said = new Map<string, Span>()
  const told = new Map<string, { span: Span; not: boolean }>()
  return comparable(document).flatMap((block): Hit[] => {
    const { span } = block
    if (span.end - span.start > 2000) return []
    const written = document.slice(span)
    const text = written
      .replace(/^[\s>]*(?:[-*+]|\d{1,9}[.)])\s+/, '')
      .replace(/\s{2,}|[^\S ]/g, ' ')
      .trim()
    // Tables, links and code repeat themselves by nature.
    if (text.length < 12 || text.startsWith('|') || /^[`[!]|^\*\*[^*]+\*\*:?$|:$/.test(text)) return []
    const lead = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?/.exec(written)![0].length
    const at = { start: span.start + lead, end: span.end }
    const whole = text.toLowerCase()
    const match = directive.exec(text)
    if (match) {
      const about = match[1]!.toLowerCase()
      const not = negative.test(text)
      const before = told.get(about)
      told.set(about, before ?? { span: at, not })
      if (before && before.not !== not) {
        return [
          {
            span: at,
            message: 'This says the opposite of a sentence before.',
            related: [{ message: 'There', span: before.span }],
          },
        ]
      }
    }
    const first = said.get(whole)
    if (!first) said.set(whole, at)
    if (!first || text.length < longEnough || !isInstruction(document, block)) return []
    return [{ span: at, message: 'This stands in the text already.', related: [{ message: 'There', span: first }] }]
  })
}

const directiveWord = /(?:always|never|do\s+not|don[’']t|(?:you\s+)?must|avoid)\s/iy
const comparedLetters = 16
const none: readonly Prose[] = []

/** The paragraphs that can repeat or contradict another: directives, and those whose first letters stand twice. */
function comparable(document: SkillDocument): readonly Prose[] {
  const { text } = document
  const prose = proseOf(document)
  const firsts = new Map<number, Prose>()
  let found: Set<Prose> | undefined
  for (const block of prose) {
    const { span } = block
    let letters = 0
    let beginning = 0
    for (let at = span.start; at < span.end && letters < comparedLetters; at++) {
      const code = text.charCodeAt(at)
      // Beyond ASCII, these two alone are letters of it when they are made small.
      if (code === 0x130 || code === 0x212a) return prose
      const letter = code | 32
      if (letter < 97 || letter > 122) continue
      beginning = (Math.imul(beginning, 31) + letter) | 0
      if (letters++ > 0) continue
      directiveWord.lastIndex = at
      if (directiveWord.test(text)) found = (found ?? new Set()).add(block)
    }
    if (span.end - span.start < longEnough) continue
    const first = firsts.get(beginning)
    if (first) found = (found ?? new Set()).add(first).add(block)
    else firsts.set(beginning, block)
  }
  return found && found.size > 1 ? prose.filter((block) => found.has(block)) : none
}
