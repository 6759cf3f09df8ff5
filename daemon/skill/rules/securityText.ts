import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { once } from './once.ts'
import type { Hit, Severity } from './rule.ts'
import { knownInstallers, type Pattern, patterns } from './securityPatterns.ts'
import { type WordFinder, wordFinder } from './wordFinder.ts'

/** What all patterns find in a text, by the code of their rule, and how far it was looked through. */
interface Suspicions {
  readonly hits: ReadonlyMap<string, readonly Hit[]>
  /** Patterns were not tried behind this; undefined where they were tried everywhere. */
  readonly until: number | undefined
}

/** No pattern finds more characters than this. */
const longest = 300
/** More tries than this cost too much time at a keystroke; where they end is told. */
const mostTries = 20_000

/** What the patterns of one rule find in the whole text, frontmatter included. */
export function suspicionsOf(document: SkillDocument, code: Pattern['code']): readonly Hit[] {
  return suspicionsIn(document).hits.get(code) ?? []
}

/** Each pattern is tried once in so many characters. */
const shortestFull = (mostTries / patterns.length - 1) * longest

/** The place behind which the patterns were not tried. */
export function lookedUntil(document: SkillDocument): number | undefined {
  return document.text.length < shortestFull ? undefined : suspicionsIn(document).until
}

const suspicionsIn = once(look)

function look(document: SkillDocument): Suspicions {
  const { text } = document
  const hits = new Map<string, Hit[]>()
  const starts = new Set<string>()
  const tracks = tracksIn(text)
  for (let tries = 0; ; tries++) {
    let next: Track | undefined
    for (const track of tracks) if (track.at < (next?.at ?? Number.POSITIVE_INFINITY)) next = track
    if (!next) return { hits, until: undefined }
    const { pattern, at } = next
    if (tries === mostTries) return { hits, until: at }
    next.goOn(at + longest)
    const from = Math.max(0, at - longest)
    for (const match of text.slice(from, at + 2 * longest).matchAll(pattern.pattern)) {
      const span = trimmed(match[0], from + match.index)
      const key = `${pattern.code} ${span.start}`
      if (starts.has(key)) continue
      starts.add(key)
      const hit = hitOf(document, pattern, span)
      if (!hit) continue
      const before = hits.get(pattern.code)
      if (before) before.push(hit)
      else hits.set(pattern.code, [hit])
    }
  }
}

/** A pattern on its way through a text that has words of it. */
interface Track {
  readonly pattern: Pattern
  /** The next word of it; infinite where none is left. */
  readonly at: number
  /** Leaves out what stands before `from`. */
  readonly goOn: (from: number) => void
}

function tracksIn(text: string): Track[] {
  const words = new Set<string>()
  wordsIn ??= wordFinder([...new Set(patterns.flatMap((pattern) => pattern.words))])
  wordsIn(text, (word) => words.add(word))
  const lower = words.size === 0 ? '' : smallLettersOf(text)
  return patterns.flatMap((pattern) => {
    const own = pattern.words.filter((word) => words.has(word))
    return own.length === 0 ? [] : [trackOf(pattern, lower, own)]
  })
}

let wordsIn: WordFinder | undefined

function trackOf(pattern: Pattern, lower: string, words: readonly string[]): Track {
  const places = words.map((word) => placeOf(lower, word, 0))
  const track = {
    pattern,
    at: Math.min(...places),
    goOn: (from: number) => {
      words.forEach((word, number) => {
        if (places[number]! < from) places[number] = placeOf(lower, word, from)
      })
      track.at = Math.min(...places)
    },
  }
  return track
}

function placeOf(text: string, word: string, from: number): number {
  const at = text.indexOf(word, from)
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

/** A text in small letters, each where it stood: one of all capitals becomes two. */
function smallLettersOf(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text.replaceAll('\u0130', '\0').toLowerCase()
}

/** A pattern takes what separates it from the text around; brackets and quotes stay where they are whole. */
function trimmed(found: string, at: number): Span {
  let start = 0
  let end = found.length
  while (start < end && isSeparator(found.slice(start, end), found[start]!)) start++
  while (end > start && isSeparator(found.slice(start, end), found[end - 1]!)) end--
  return start === end ? { start: at, end: at + found.length } : { start: at + start, end: at + end }
}

function isSeparator(part: string, character: string): boolean {
  if (/[\s.,:;`&|]/.test(character)) return true
  const count = (wanted: string) => part.split(wanted).length - 1
  if (character === '"' || character === "'") return count(character) % 2 === 1
  return (character === '(' || character === ')') && count('(') !== count(')')
}

/** Addresses that stand for an attacker's where attacks are explained. */
const isAttackOfNobody = /\b(?:attacker|evil|malicious|attacker_ip|your_ip)\b/i
const forbids =
  /(?:\b(?:never|not|cannot|avoid)|n['’]t)\s+(?:ever\s+|try\s+to\s+|attempt\s+to\s+|let\s+\w+\s+)?["'`]?$/i
const talksAbout =
  /\b(?:never|not|avoid|refus\w+|reject\w*|block\w*|deny|denies|forbid\w*|prevent\w*|detect\w*|flag\w*|against|dangerous|malicious|attacks?|injections?|such as|like|examples?|e\.g\.)\b[^\n]{0,80}$/i

/** An instruction that forbids it is none; one that is quoted or talked about is told, but mildly: quotes are easily put around. */
function hitOf(document: SkillDocument, pattern: Pattern, span: Span): Hit | undefined {
  const { text } = document
  const before = text.slice(Math.max(0, span.start - 100), span.start)
  if (pattern.isSpeech && (forbids.test(before) || pattern.unless?.test(before))) return undefined
  const written = document.slice(span)
  const mild =
    (pattern.graveBehind ? !pattern.graveBehind.test(before) : !pattern.isSpeech && isNamed(document, span)) ||
    (pattern.isSpeech && isQuoted(document, before, span)) ||
    pattern.names?.test(written) ||
    (pattern.mildInText && document.kind !== 'script') ||
    talksAbout.test(before) ||
    (pattern.code === 'V07' && knownInstallers.test(written)) ||
    isAttackOfNobody.test(written)
  const severity: Severity | undefined = mild ? 'information' : pattern.severity
  return { span, message: pattern.says, ...(severity ? { severity } : {}) }
}

function isQuoted(document: SkillDocument, before: string, span: Span): boolean {
  const line = lineUpTo(document.text, span.start)
  return /["'“‘«`]\s*$/.test(before) || isCell(line) || isInCode(document, span)
}

/**
 * In Markdown, a command is named, not given, where it stands in a table, in quotes or in a comment of code, and in a sentence of which
 * no word says that it is to be run: as in lists of what is refused, or of what options mean.
 */
function isNamed(document: SkillDocument, span: Span): boolean {
  const { kind, text } = document
  if (kind === 'script' || span.start < document.body.start) return false
  const line = lineUpTo(text, span.start)
  const quote = text[span.start - 1]
  if (isCell(line) || ((quote === '"' || quote === "'") && text[span.end] === quote)) return true
  const code = codeAt(document, span)
  if (code?.isFence) return /(?:^|\s)(?:#|\/\/)\s/.test(line) || (line.match(/["']/g)?.length ?? 0) % 2 === 1
  const lead = code ? line.slice(0, Math.max(0, line.length - (span.start - code.start))) : line
  return /\w/.test(lead.replace(/^[\s>]*(?:[-*+]|\d+[.)])\s/, '')) && !toRun.test(lead)
}

/** What stands before a place on its line, at most its last 500 characters. */
function lineUpTo(text: string, offset: number): string {
  return text.slice(Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - 500), offset)
}

function isCell(line: string): boolean {
  return /^\s*\|/.test(line) || (line.length === 500 && / \| /.test(line))
}

const toRun =
  /\b(?:run(?:s|ning)?|execut\w+|start\w*|launch\w*|type|enter|call(?:s|ing)?|invok\w+|us(?:e|es|ing)|try|do|then|via|first|install\w*|paste|add)\b[^.!?\n]{0,80}$/i

/** Whether a place is code: of a script, in a fence or between backticks. */
export function isInCode(document: SkillDocument, span: Span): boolean {
  return document.kind === 'script' || codeAt(document, span) !== undefined
}

interface Code extends Span {
  readonly isFence: boolean
}

function codeAt(document: SkillDocument, { start }: Span): Code | undefined {
  const spans = codeSpans(document)
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.end <= start) low = middle + 1
    else high = middle
  }
  const found = spans[low]
  return found && found.start <= start ? found : undefined
}

/** Fences and code in backticks, in order; none overlaps another. */
const codeSpans = once(({ blocks, inlines }): readonly Code[] =>
  [
    ...blocks.filter(({ type }) => type === 'fence').map(({ span }) => ({ ...span, isFence: true })),
    ...inlines.filter(({ type }) => type === 'code').map(({ span }) => ({ ...span, isFence: false })),
  ].sort((a, b) => a.start - b.start),
)
