import type { Span } from './fences.ts'

/** What stands inside prose and headings. */
export type Inline =
  | { readonly type: 'code'; readonly span: Span; readonly content: Span }
  | {
      /** `[text](target "title")`, or an image. */
      readonly type: 'link'
      readonly span: Span
      readonly image: boolean
      readonly text: Span
      /** Without angle brackets, title and blanks. */
      readonly target: Span
      readonly title: Span | undefined
    }
  /** `[text][label]`, `[label][]`, `[label]`: a link if a definition has the label. */
  | { readonly type: 'reference'; readonly span: Span; readonly label: Span }
  /** `[label]: target`. */
  | { readonly type: 'definition'; readonly span: Span; readonly label: Span; readonly target: Span }
  /** `<https://…>`, and addresses that stand bare. */
  | { readonly type: 'url'; readonly span: Span; readonly target: Span }
  | { readonly type: 'tag'; readonly span: Span; readonly name: string; readonly form: 'open' | 'close' | 'empty' }
  | { readonly type: 'comment'; readonly span: Span; readonly content: Span }

const special = /[`[\]<\\!]|https?:\/\//g
/** A footnote is none, nor is a line with more on it than the target and a title. */
const definition =
  /^[ \t]*(?:>[ \t]?)*\[(?!\^)((?:[^\]\\]|\\.){1,999})\]:[ \t]*(?:<([^>\n]*)>|(\S+))(?=[ \t]*$|[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^)\n]*\))[ \t]*$)/gm
const angledUrl = /<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]{0,2000})>/y
const htmlTag = /<(\/?)([A-Za-z][A-Za-z0-9_:.-]{0,63})((?:\s[^<>]{0,1000}|\/)?)>/y
const bareUrl = /https?:\/\/[^\s<>"'`)\]]{1,2000}/y
const destination =
  /\([ \t]{0,20}(?:<([^<>\n]*)>|([^\s()]*(?:\([^\s()]*\)[^\s()]*)*))(?:[ \t]{1,20}("(?:[^"\\]|\\.){0,999}"|'(?:[^'\\]|\\.){0,999}'|\((?:[^()\\]|\\.){0,999}\)))?[ \t]{0,20}\)/y

/** Every inline has one of these. */
const signs = ['`', '[', '<', '://'] as const

/** Tells of stretches of a text, asked in their order, whether they can hold inlines at all: most are nothing but text. */
export function inlineSigns(text: string): (span: Span) => boolean {
  const nexts = signs.map((sign) => text.indexOf(sign))
  return ({ start, end }) => {
    for (let at = 0; at < signs.length; at++) {
      if (nexts[at]! >= 0 && nexts[at]! < start) nexts[at] = text.indexOf(signs[at]!, start)
      if (nexts[at]! >= start && nexts[at]! < end) return true
    }
    return false
  }
}

/** The inlines of a stretch of prose. Linear in its length; what is not well formed is plain text. */
export function inlinesIn(text: string, span: Span): Inline[] {
  const source = text.slice(span.start, span.end)
  const found: Inline[] = []
  const at = (start: number, end: number): Span => ({ start: span.start + start, end: span.start + end })
  const brackets: { at: number; image: boolean }[] = []
  const unmatched = new Set<number>()
  const defined = definitionsIn(source, at, found)
  let position = 0
  for (;;) {
    special.lastIndex = position
    const match = special.exec(source)
    if (!match) break
    const index = match.index
    position = index + 1
    const skip = defined.get(index)
    if (skip !== undefined) {
      position = skip
      continue
    }
    const character = source[index]
    if (character === '\\') position = index + 2
    else if (character === '`') {
      const run = runLength(source, index)
      position = index + run
      const close = unmatched.has(run) ? -1 : closingRun(source, position, run)
      if (close < 0) unmatched.add(run)
      else {
        found.push({ type: 'code', span: at(index, close + run), content: at(position, close) })
        position = close + run
      }
    } else if (character === '!') {
      if (source[index + 1] === '[') {
        brackets.push({ at: index, image: true })
        position = index + 2
      }
    } else if (character === '[') brackets.push({ at: index, image: false })
    else if (character === ']') {
      const open = brackets.pop()
      if (open) position = closeBracket(source, open, index, at, found)
    } else if (character === '<') position = angle(source, index, at, found)
    else {
      bareUrl.lastIndex = index
      const url = bareUrl.exec(source)
      if (url) {
        const address = url[0].replace(/[.,;:!?*_]+$/, '')
        found.push({ type: 'url', span: at(index, index + address.length), target: at(index, index + address.length) })
        position = index + url[0].length
      }
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start)
}

/** Finds definitions at line starts; returns where each one's bracket stands and where it ends. */
function definitionsIn(source: string, at: (start: number, end: number) => Span, found: Inline[]): Map<number, number> {
  const ends = new Map<number, number>()
  if (!source.includes(']:')) return ends
  for (const match of source.matchAll(definition)) {
    const open = match.index + match[0].indexOf('[')
    const end = match.index + match[0].length
    const angled = match[2] !== undefined
    const target = match[2] ?? match[3]!
    const targetEnd = angled ? end - 1 : end
    found.push({
      type: 'definition',
      span: at(open, end),
      label: at(open + 1, open + 1 + match[1]!.length),
      target: at(targetEnd - target.length, targetEnd),
    })
    ends.set(open, end)
  }
  return ends
}

function closeBracket(
  source: string,
  open: { at: number; image: boolean },
  close: number,
  at: (start: number, end: number) => Span,
  found: Inline[],
): number {
  const textStart = open.at + (open.image ? 2 : 1)
  destination.lastIndex = close + 1
  const match = source[close + 1] === '(' ? destination.exec(source) : null
  if (match) {
    const end = close + 1 + match[0].length
    const target = match[1] ?? match[2]!
    const lead = /^\([ \t]*<?/.exec(match[0])![0].length
    const targetStart = close + 1 + (match[1] === undefined ? /^\([ \t]*/.exec(match[0])![0].length : lead)
    const titleStart = match[3] === undefined ? 0 : end - (match[0].length - match[0].lastIndexOf(match[3]))
    found.push({
      type: 'link',
      span: at(open.at, end),
      image: open.image,
      text: at(textStart, close),
      target: at(targetStart, targetStart + target.length),
      title: match[3] === undefined ? undefined : at(titleStart + 1, titleStart + match[3].length - 1),
    })
    return end
  }
  if (close === textStart) return close + 1
  const ahead = source[close + 1] === '[' ? source.slice(close + 2, close + 1000).indexOf(']') : -1
  const label = ahead < 0 ? -1 : close + 2 + ahead
  if (ahead > 0) {
    found.push({ type: 'reference', span: at(open.at, label + 1), label: at(close + 2, label) })
    return label + 1
  }
  const end = ahead === 0 ? label + 1 : close + 1
  found.push({ type: 'reference', span: at(open.at, end), label: at(textStart, close) })
  return end
}

function angle(source: string, index: number, at: (start: number, end: number) => Span, found: Inline[]): number {
  if (source.startsWith('<!--', index)) {
    const end = source.indexOf('-->', index + 4)
    if (end < 0) return source.length
    found.push({ type: 'comment', span: at(index, end + 3), content: at(index + 4, end) })
    return end + 3
  }
  angledUrl.lastIndex = index
  const url = angledUrl.exec(source)
  if (url) {
    found.push({
      type: 'url',
      span: at(index, index + url[0].length),
      target: at(index + 1, index + url[0].length - 1),
    })
    return index + url[0].length
  }
  htmlTag.lastIndex = index
  const tag = htmlTag.exec(source)
  if (!tag) return index + 1
  const form = tag[1] === '/' ? 'close' : /\/\s*$/.test(tag[3]!) ? 'empty' : 'open'
  found.push({ type: 'tag', span: at(index, index + tag[0].length), name: tag[2]!, form })
  return index + tag[0].length
}

function runLength(source: string, index: number): number {
  let end = index
  while (source[end] === '`') end++
  return end - index
}

/** The start of the next run of exactly `run` backticks. */
function closingRun(source: string, from: number, run: number): number {
  for (let at = source.indexOf('`', from); at >= 0; ) {
    const length = runLength(source, at)
    if (length === run) return at
    at = source.indexOf('`', at + length)
  }
  return -1
}
