import type { SkillDocument } from '../document/document.ts'
import { lineEnd, longestFrontmatter, nextLine } from '../document/fences.ts'
import type { Hit } from './rule.ts'

const mark = '\uFEFF'
const oddBlank = /[\u00A0\u2000-\u200A\u202F\u3000]/

/** What looks like a blank or a letter and is none, lost characters, and line ends of two sorts. */
export function oddCharacters({ text, fences }: SkillDocument): Hit[] {
  const hits: Hit[] = []
  if (text.startsWith(mark)) {
    const message = 'A byte order mark stands before the first line; some readers do not see the frontmatter then.'
    hits.push({ span: { start: 0, end: 1 }, message, data: { type: 'mark' } })
  }
  const head = fences ? { start: fences.open.start, end: fences.close?.end ?? fences.content.end } : undefined
  if (head && head.end - head.start <= longestFrontmatter) {
    const written = text.slice(head.start, head.end)
    const found = oddBlank.test(written)
      ? written.matchAll(/^[ \t]*([\u00A0\u2000-\u200A\u202F\u3000]+)|:([\u00A0\u2000-\u200A\u202F\u3000]+)/gm)
      : []
    for (const match of found) {
      const blanks = match[1] ?? match[2]!
      const start = head.start + match.index + match[0].length - blanks.length
      const message = 'This looks like a space but is none to YAML.'
      hits.push({ span: { start, end: start + blanks.length }, message, data: { type: 'space' } })
    }
  }
  const isWhole = !text.includes('\uFFFD') && !text.includes('\0')
  const broken = isWhole ? -1 : text.search(/(?<!`)\uFFFD|\uFFFD(?!`)|\0/)
  if (broken >= 0) {
    const message =
      text[broken] === '\0'
        ? 'A NUL character: this is no text file.'
        : 'A character was lost here: these bytes are not valid UTF-8, or were not when the file was last saved.'
    hits.push({ span: { start: broken, end: broken + 1 }, message, data: { type: 'broken' } })
  }
  const carriage = text.indexOf('\r\n')
  if (carriage >= 0) {
    const mixed = /[^\r]\n/.test(text)
    const message = mixed ? 'Lines end with CRLF and with LF.' : 'Lines end with CRLF; LF is read everywhere.'
    const severity = mixed ? ('information' as const) : ('hint' as const)
    hits.push({ span: { start: carriage, end: carriage + 2 }, message, severity, data: { type: 'lineEnds' } })
  }
  return hits
}

/** Blanks at ends of lines of the frontmatter, and of the file. */
export function trailing(document: SkillDocument): Hit[] {
  const { text, fences, tooLarge } = document
  const hits: Hit[] = []
  if (fences?.close && document.isReadable && !tooLarge) {
    for (let at = fences.content.start; at < fences.content.end; ) {
      const stop = lineEnd(text, at)
      const kept = isInk(text.charCodeAt(stop - 1)) ? stop : at + text.slice(at, stop).trimEnd().length
      if (kept < stop && !isInBlock(document, at))
        hits.push({ span: { start: kept, end: stop }, message: 'Blanks at the line’s end.' })
      at = nextLine(text, stop)
    }
  }
  if (text === '' || (text.endsWith('\n') && isInk(text.charCodeAt(text.length - 2)))) return hits
  const tail = text.slice(-4096)
  const end = text.length - tail.length + tail.trimEnd().length
  if (!text.endsWith('\n'))
    hits.push({ span: { start: end, end: text.length }, message: 'The file does not end with a line break.' })
  else if (/\n\s*\n$/.test(text.slice(end))) {
    hits.push({ span: { start: lineEnd(text, end), end: text.length }, message: 'The file ends with empty lines.' })
  }
  return hits
}

/** A character of ASCII that is no blank. */
function isInk(code: number): boolean {
  return code > 32 && code < 127
}

/** Whether a line of a text that stands in YAML's blocks, in which blanks count, begins at an offset. */
function isInBlock({ entries }: SkillDocument, at: number): boolean {
  return entries.some(
    ({ value: { style, span } }) => (style === 'literal' || style === 'folded') && span.start < at && at < span.end,
  )
}
