import type { SkillDocument } from '../document/document.ts'
import { type Span, textStart } from '../document/fences.ts'
import type { KeyLine } from '../document/keyLines.ts'
import { lateFrontmatter } from '../rules/file.ts'
import { closeQuote, fixBy, newFrontmatter, quoteLine, quoteValue, singleQuoted } from './edits.ts'
import { type Fix, fixTable } from './fix.ts'

/** Fixes for Y: the file and its YAML. */
export const fileFixes = fixTable({
  Y01: (document) => [addFrontmatter(document)],
  Y02: (document) => [
    document.fences?.before &&
      fixBy('Remove what stands before the frontmatter', { span: document.fences.before, text: '' }, true),
    moveToFront(document),
  ],
  Y03: (document) => [closeFrontmatter(document)],
  Y04: (document, { span, data }) => [
    data?.['type'] === 'openQuote' ? closeQuote(document, span) : undefined,
    data?.['type'] === 'invalid' ? quoteLine(document, span) : undefined,
  ],
  Y05: (document, { span }) => [quoteLine(document, span)],
  Y06: (document) => [indentWithSpaces(document)],
  Y10: (document, { span }) => [quoteValue(document, span)],
  Y11: (document, { data }) => [oneLine(document, String(data?.['key']))],
  Y12: (document, { span, data }) => [cleaned(document, span, String(data?.['type']))],
  Y15: (document, { span }) => [
    fixBy(
      span.end === document.text.length ? 'End the file with one line break' : 'Remove the blanks',
      { span, text: span.end === document.text.length ? document.eol : '' },
      true,
    ),
  ],
  Y16: (document) => [ordered(document)],
})

function addFrontmatter(document: SkillDocument): Fix {
  const start = textStart(document.text)
  const frontmatter = newFrontmatter(document.eol, document.folder)
  const gap = document.text.length > start ? document.eol : ''
  const edit = { span: { start, end: start }, text: frontmatter.text + gap, snippet: frontmatter.snippet + gap }
  return fixBy('Add frontmatter with name and description', edit, false)
}

/** A comment or heading before the frontmatter goes behind it; a code fence around it goes away. */
function moveToFront(document: SkillDocument): Fix | undefined {
  const late = document.fences ? undefined : lateFrontmatter(document)
  if (!late) return undefined
  const { text, eol } = document
  const start = textStart(text)
  const closing = /\n---[ \t]*(?:\r?\n|$)/.exec(text.slice(late.end))
  if (!closing) return undefined
  const end = late.end + closing.index + closing[0].length
  const kept = text
    .slice(start, late.start)
    .replace(/^(?:`{3,}|~{3,})[^\n]*\n/gm, '')
    .trim()
  const fenced = /^(?:`{3,}|~{3,})/m.test(text.slice(start, late.start))
  const rest = fenced ? text.slice(end).replace(/^\s*(?:`{3,}|~{3,})[ \t]*\r?\n?/, '') : text.slice(end)
  const moved = text.slice(late.start, end) + (kept === '' ? '' : `${eol}${kept}${eol}`) + rest
  return fixBy('Move the frontmatter to the beginning', { span: { start, end: text.length }, text: moved }, false)
}

function closeFrontmatter({ fences, text, eol }: SkillDocument): Fix | undefined {
  if (!fences) return undefined
  const { end } = fences.content
  const newline = text[end - 1] === '\n' ? '' : eol
  return fixBy('Close the frontmatter', { span: { start: end, end }, text: `${newline}---${eol}` }, true)
}

function indentWithSpaces({ fences, text }: SkillDocument): Fix | undefined {
  if (!fences) return undefined
  const { start, end } = fences.content
  const spaced = text.slice(start, end).replace(/^[ \t]+/gm, (indent) => indent.replaceAll('\t', '  '))
  return fixBy('Indent the frontmatter with spaces', { span: fences.content, text: spaced }, true)
}

function oneLine(document: SkillDocument, key: string): Fix | undefined {
  const value = document.entry(key)?.value
  if (!value) return undefined
  const words = value.text
    .trim()
    .split(/\s*\n\s*/)
    .join(' ')
  return fixBy('Write it on one line', { span: value.span, text: singleQuoted(words) }, false)
}

function cleaned({ text, fences }: SkillDocument, span: Span, type: string): Fix | undefined {
  if (type === 'mark') return fixBy('Remove the byte order mark', { span, text: '' }, true)
  if (type === 'space') return fixBy('Write spaces', { span, text: ' '.repeat(span.end - span.start) }, true)
  if (type !== 'lineEnds' || !fences) return undefined
  return fixBy(
    'End all lines with LF',
    { span: { start: 0, end: text.length }, text: text.replaceAll('\r\n', '\n') },
    false,
  )
}

/** Name and description first, each with its comments before it. */
function ordered({ text, fences, keyLines, eol }: SkillDocument): Fix | undefined {
  if (!fences?.close) return undefined
  const { start, end } = fences.content
  const starts = keyLines.map(({ keySpan }) => text.lastIndexOf('\n', keySpan.start - 1) + 1)
  const parts = keyLines.map((line, index) => {
    const from = index === 0 ? start : keyLines[index - 1]!.end
    const whole = text.slice(Math.min(from, starts[index]!), line.end)
    return { key: line.key, text: whole.endsWith('\n') ? whole : whole + eol }
  })
  const rest = text.slice(keyLines.at(-1)?.end ?? start, end)
  const rank = ({ key }: Pick<KeyLine, 'key'>) => (key === 'name' ? 0 : key === 'description' ? 1 : 2)
  const sorted = parts
    .map((part, index) => ({ part, index }))
    .sort((a, b) => rank(a.part) - rank(b.part) || a.index - b.index)
  const written = sorted.map(({ part }) => part.text).join('') + rest
  return fixBy('Put name and description first', { span: { start, end }, text: written }, true)
}
