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
/** What a directive begins with, made small. */
const directiveLetters = [...'andym'].map((letter) => letter.charCodeAt(0))
const comparedLetters = 8
const none: readonly Prose[] = []

/** The paragraphs that can repeat or contradict another: directives, and those whose last letters stand twice. */
function comparable(document: SkillDocument): readonly Prose[] {
  const { text } = document
  const prose = proseOf(document)
  const lasts = new Map<number, Prose>()
  let found: Set<Prose> | undefined
  for (const block of prose) {
    const { start, end } = block.span
    let at = start
    while (at < end && letterOf(text.charCodeAt(at)) === 0) at++
    directiveWord.lastIndex = at
    if (at < end && directiveLetters.includes(letterOf(text.charCodeAt(at))) && directiveWord.test(text)) {
      found = (found ?? new Set()).add(block)
    }
    if (end - start < longEnough) continue
    let ending = 0
    let letters = 0
    for (let back = end - 1; back >= at && letters < comparedLetters; back--) {
      const letter = letterOf(text.charCodeAt(back))
      if (letter === 0) continue
      ending = (Math.imul(ending, 31) + letter) | 0
      letters++
    }
    const last = lasts.get(ending)
    if (last) found = (found ?? new Set()).add(last).add(block)
    else lasts.set(ending, block)
  }
  return found && found.size > 1 ? prose.filter((block) => found.has(block)) : none
}

/** A letter of ASCII, made small; 0 for anything else. Beyond ASCII, two signs become such letters when they are made small. */
function letterOf(code: number): number {
  const letter = code | 32
  if (letter >= 97 && letter <= 122) return letter
  return code === 0x130 ? 105 : code === 0x212a ? 107 : 0
}
