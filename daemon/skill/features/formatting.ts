import type { TextEdit } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine, type Span } from '../document/fences.ts'
import { applyEdits, type Edit } from '../fixes/fix.ts'

/**
 * Formats what can be formatted without a change of meaning, comments kept: in the frontmatter one blank behind the colon and before a
 * comment, no blanks at line ends and no empty lines at its edges; one empty line between it and the body; no blanks at the end of headings
 * and empty lines; one line break at the end. Broken YAML is left alone. Formatting twice is formatting once.
 */
export function formatting(document: SkillDocument): TextEdit[] {
  return editsFor(document).map(({ span, text }) => ({ range: document.rangeOf(span), newText: text }))
}

/** The text that formatting leads to. */
export function formatted(document: SkillDocument): string {
  return applyEdits(document.text, editsFor(document))
}

function editsFor(document: SkillDocument): Edit[] {
  if (document.fences && !document.isReadable) return []
  const edits = [...frontmatterEdits(document), ...betweenEdits(document), ...bodyEdits(document)]
  // The line break at the end takes the blanks before it along.
  const outer = edits.filter((edit) => !edits.some((other) => other !== edit && holds(other.span, edit.span)))
  return outer.filter(({ span, text }) => document.slice(span) !== text)
}

function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end && outer.end > inner.end
}

function frontmatterEdits(document: SkillDocument): Edit[] {
  const { fences, keyLines, text } = document
  if (!fences?.close) return []
  const edits: Edit[] = []
  const isText = (lineStart: number, blanks: number) =>
    document.entries.some(({ value: { style, span } }) => {
      if (style === 'literal' || style === 'folded') return span.start < lineStart && lineStart < span.end
      return span.start < blanks && blanks < span.end
    })
  for (const { keySpan, colon, value } of keyLines) {
    const entry = document.entries.find((each) => each.keySpan.start === keySpan.start)
    const sameLine = value.end > value.start && value.start <= lineEnd(text, colon)
    if (entry && sameLine && value.start > colon + 2 && !text.slice(colon + 1, value.start).includes('\n')) {
      edits.push({ span: { start: colon + 1, end: value.start }, text: ' ' })
    }
  }
  for (let at = fences.open.start; at < fences.close.end; at = nextLine(text, lineEnd(text, at))) {
    const stop = lineEnd(text, at)
    const kept = at + text.slice(at, stop).trimEnd().length
    if (kept < stop && !isText(at, kept)) edits.push({ span: { start: kept, end: stop }, text: '' })
  }
  return edits.filter((edit, index) => index === 0 || !edits.slice(0, index).some((other) => overlaps(edit, other)))
}

function overlaps(one: Edit, other: Edit): boolean {
  return one.span.start < other.span.end && other.span.start < one.span.end
}

/** One empty line between the frontmatter and the body. */
function betweenEdits({ fences, text, eol }: SkillDocument): Edit[] {
  if (!fences?.close) return []
  const { start, end } = fences.body
  const blank = /^(?:[ \t]*\r?\n)*/.exec(text.slice(start, Math.min(end, start + 4096)))![0].length
  if (start + blank >= end || text.slice(start + blank).trim() === '') return []
  return [{ span: { start, end: start + blank }, text: eol }]
}

function bodyEdits(document: SkillDocument): Edit[] {
  const { text, eol, body, fences } = document
  const edits: Edit[] = []
  const contentEnd = body.start + text.slice(body.start).trimEnd().length
  for (const block of document.blocks) {
    if (block.type !== 'heading' || block.span.end > contentEnd) continue
    const stop = lineEnd(text, block.span.end)
    const kept = block.span.start + text.slice(block.span.start, stop).trimEnd().length
    if (kept < stop) edits.push({ span: { start: kept, end: stop }, text: '' })
  }
  if (text.trim() === '') return edits
  const last = contentEnd > body.start ? contentEnd : (fences?.close?.end ?? contentEnd)
  const openFence = document.blocks.some((block) => block.type === 'fence' && !block.closed)
  if (!openFence) edits.push({ span: { start: last, end: text.length }, text: eol })
  return edits
}
