import { isAscii } from '../document/ascii.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { hasRun } from './letterRuns.ts'
import { looksLikeAscii } from './nameWords.ts'
import type { Hit } from './rule.ts'
import { isInCode, lookedUntil } from './securityText.ts'

const none: readonly Hit[] = []

/** What people do not see and a model reads. */
export function hiddenIn(document: SkillDocument): Hit[] {
  const { text } = document
  const isPlain = isAscii(text)
  return [
    ...(isPlain || !unseenLetter.test(text) ? none : invisible(document)),
    ...(hasGap(text) ? padded(document) : none),
    ...(isPlain ? none : mixedWords(document)),
    ...(hasUnshown(text) ? comments(document) : none),
    ...(text.includes('<') ? hiddenTags(document) : none),
    ...unread(document),
  ].sort((a, b) => a.span.start - b.span.start)
}

/** One of these, or a half of one, stands in everything that is invisible. */
const unseenLetter = /[\u180E\u200B-\u200D\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF\uDB40]|[\uFE00-\uFE0F]/

const classes: readonly { readonly pattern: RegExp; readonly message: (found: string) => string }[] = [
  {
    pattern: /[\u{E0000}-\u{E007F}]{1,500}/gu,
    message: (found) => `Invisible characters that spell “${spelled(found)}” to a model.`,
  },
  {
    pattern: /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]{4,500}/gu,
    message: () => 'A run of invisible characters, in which a text can be hidden.',
  },
  {
    pattern: /[\u202A-\u202E\u2066-\u2069]/g,
    message: () => 'From here on text is shown in another order than it is read in.',
  },
]

/** Zero-width characters between others that never need them; emoji and many scripts do. */
const zeroWidth = /(?:[\u200B\u2060-\u2064\u180E]|(?<=[\0-\x7F])(?:\u200C|\u200D|\uFEFF)(?=[\0-\x7F]|$)){1,500}/g

function invisible({ text }: SkillDocument): Hit[] {
  const hits = classes.flatMap(({ pattern, message }) =>
    [...text.matchAll(pattern)]
      .filter((match) => !isFlag(text, match.index))
      .map((match): Hit => ({ span: spanOf(match), message: message(match[0]) })),
  )
  const gaps = [...text.matchAll(zeroWidth)].map((match): Hit => {
    const hit: Hit = {
      span: spanOf(match),
      message: 'Characters without width, which nobody sees.',
      data: { remove: true },
    }
    return hides(text, hit.span) ? hit : { ...hit, severity: 'information' }
  })
  return [...hits, ...gaps.filter(({ span }) => span.start > 0)]
}

/** Whether they split a word or are so many that they can spell one; formulas and copied text have single ones between words. */
function hides(text: string, { start, end }: Span): boolean {
  return end - start >= 4 || (/[A-Za-z]/.test(text[start - 1] ?? '') && /[A-Za-z]/.test(text[end] ?? ''))
}

function spanOf(match: RegExpExecArray): Span {
  return { start: match.index, end: match.index + match[0].length }
}

/** The flags of England, Scotland and Wales are written with tags behind a black flag. */
function isFlag(text: string, at: number): boolean {
  return text.codePointAt(at - 2) === 0x1f3f4
}

function spelled(tags: string): string {
  const letters = [...tags].map((tag) => String.fromCharCode(tag.codePointAt(0)! - 0xe0000)).join('')
  return letters.replace(/[^ -~]/g, '').slice(0, 80)
}

const shortestGap = 40
const wideGap = 200
const emptyLines = 40

/** Whether so many blanks stand in a row that `padded` may find them. */
function hasGap(text: string): boolean {
  return hasRun(text, shortestGap, (code) => code === 32 || (code < 14 && code > 8) || (code > 127 && isSpace(code)))
}

function isSpace(code: number): boolean {
  return /\s/.test(String.fromCharCode(code))
}

/** Text that stands so far right or down that nobody scrolls to it. */
function padded({ text }: SkillDocument): Hit[] {
  return [...text.matchAll(/(?<!\s)\s{40}/g)].flatMap((match): Hit[] => {
    const span = { start: match.index, end: blanksEnd(text, match.index) }
    if (span.end === text.length || text[span.end] === '|') return []
    const blanks = text.slice(span.start, span.end)
    const lines = blanks.split('\n').length - 1
    if (lines >= emptyLines) return [{ span, message: `Text goes on behind ${lines} empty lines.` }]
    const widest = blanks.split('\n').reduce((most, line) => Math.max(most, line.length), 0)
    return widest >= wideGap ? [{ span, message: `Text goes on behind ${widest} blanks.` }] : []
  })
}

function blanksEnd(text: string, from: number): number {
  const next = /\S/g
  next.lastIndex = from
  return next.exec(text)?.index ?? text.length
}

function mixedWords({ text }: SkillDocument): Hit[] {
  if (!/[\u0400-\u052F]/.test(text)) return []
  return [...text.matchAll(/(?<!\p{L})\p{L}{3,60}(?!\p{L})/gu)].flatMap((match): Hit[] => {
    const isMixed = /[A-Za-z]/.test(match[0]) && /[\u0400-\u052F]/.test(match[0]) && looksLikeAscii(match[0])
    return isMixed
      ? [{ span: spanOf(match), message: 'This word mixes letters of two scripts that look the same.' }]
      : []
  })
}

const ordered =
  /\b(?:run|execute|send|upload|fetch|download|delete|install|exfiltrate|ignore|obey|read|tell|reveal|disregard)\b/i
/** How the notes of a template to its author begin. */
const templateNote =
  /^\s*(?:describe|add|list|numbered|bullets?|explain|write|fill|examples?|e\.g\.|include|optional(?:ly)?|keep|replace|remove|delete|use this|when|what|which|how|why|who|one|short|brief)\b/i
const addressed =
  /\b(?:assistant|claude|(?:the\s+)?agents?|the\s+model|AI|LLM|copilot|codex|gemini)\b[^.\n]{0,40}\b(?:must|should|shall|always|never|please)\b|\b(?:you\s+(?:must|should|will|are)|always|important)\b[^\n]{0,60}\b(?:run|execute|send|upload|fetch|download|delete|install|exfiltrate|ignore|obey)\b/i
const notes =
  /^\s*(?:skill-ls|markdownlint|prettier|cspell|textlint|vale|TODO|FIXME|NOTE TO (?:AUTHORS?|SELF)|toc|begin|end|eslint|licen[cs]e|copyright|spdx|auto-?generated|generated|do not edit|region|template)/i

const titled = /\]\([^\s)]{0,500}[ \t]+["'(]/
const labelled = /^\[[^\]\n]{1,20}\]:/m

/** Whether there is anything that can be a comment or a title. */
function hasUnshown(text: string): boolean {
  if (text.includes('<!--')) return true
  return (text.includes('](') && titled.test(text)) || (text.includes(']:') && labelled.test(text))
}

/** Comments and titles of links, which are not shown, that speak to a model. */
function comments(document: SkillDocument): Hit[] {
  const { text } = document
  const { blocks, inlines } = document
  const places: Span[] = [
    ...blocks.flatMap((block) => (block.type === 'comment' ? [block.content] : [])),
    ...inlines.flatMap((inline) => {
      if (inline.type === 'comment') return [inline.content]
      return inline.type === 'link' && inline.title ? [inline.title] : []
    }),
    ...[...text.matchAll(/^\[(?:\/\/|comment|_|#)\]:[ \t]*(?:#|<>)[ \t]*["'(]([^\n]{10,500})/gm)].map((match) => {
      const start = match.index + match[0].length - match[1]!.length
      return { start, end: start + match[1]!.length }
    }),
  ]
  return places.flatMap((place): Hit[] => {
    const content = text.slice(place.start, Math.min(place.end, place.start + 4000))
    const match = notes.test(content) ? null : addressed.exec(content)
    if (!match) return []
    const start = place.start + match.index
    const span = { start, end: start + match[0].length }
    const hit: Hit = { span, message: 'This speaks to a model where people do not see it.' }
    return [templateNote.test(content) && !ordered.test(content) ? { ...hit, severity: 'information' } : hit]
  })
}

const unseen =
  /<[a-z]\w{0,12}\s(?:[^<>\n]{0,200}[;"'\s])?(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0\b(?!\.)|hidden(?=[\s>]))[^<>\n]{0,200}>/gi

function hiddenTags(document: SkillDocument): Hit[] {
  if (document.kind === 'script') return []
  return [...document.text.matchAll(unseen)]
    .map((match) => ({ span: spanOf(match), message: 'What stands in this tag is not shown to people.' }))
    .filter(({ span }) => !isInCode(document, span))
}

/** A text can be so full that patterns are tried in a part of it only: then that is told. */
function unread(document: SkillDocument): Hit[] {
  const at = lookedUntil(document)
  if (at === undefined) return []
  const message = 'So much stands before this that the rest was not looked through for what an agent should not read.'
  return [{ span: { start: at, end: at + 1 }, message }]
}
