import type { FoldingRange, Position, SelectionRange } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { Entry } from '../document/value.ts'

/** What can be folded: the frontmatter, its keys of several lines, sections, code, comments. */
export function foldingRanges(document: SkillDocument): FoldingRange[] {
  const { fences, source, text } = document
  const ranges: FoldingRange[] = []
  const fold = (span: Span, kind?: string) => {
    const startLine = source.positionAt(span.start).line
    const endLine = source.positionAt(span.start + text.slice(span.start, span.end).trimEnd().length).line
    if (endLine > startLine) ranges.push({ startLine, endLine, ...(kind ? { kind } : {}) })
  }
  if (fences) fold({ start: fences.open.start, end: fences.close?.end ?? fences.content.end }, 'region')
  const foldEntries = (entries: readonly Entry[]): void => {
    for (const { keySpan, value } of entries) {
      fold({ start: keySpan.start, end: Math.max(keySpan.end, value.span.end) })
      foldEntries(value.entries)
    }
  }
  foldEntries(document.entries)
  for (const section of sectionsIn(document)) fold(section)
  for (const { type, span } of document.blocks) {
    if (type === 'fence') fold(span)
    if (type === 'comment') fold(span, 'comment')
  }
  return ranges.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine)
}

/** What is selected around each position when the selection grows: the word's surroundings, its block, sections, part, the whole. */
export function selectionRanges(document: SkillDocument, positions: readonly Position[]): SelectionRange[] {
  const { fences } = document
  const whole = { start: 0, end: document.text.length }
  const fixed = [whole, document.body, ...sectionsIn(document), ...document.blocks.map(({ span }) => span)]
  const parts = fences
    ? [...fixed, { start: fences.open.start, end: fences.close?.end ?? fences.content.end }, fences.content]
    : fixed
  const spans = [
    ...parts,
    ...entrySpans(document.entries),
    ...document.inlines.flatMap((inline) => [inline.span, ...insides(inline)]),
  ]
  return positions.map((position) => {
    const offset = document.source.offsetAt(position)
    const around = spans
      .filter(({ start, end }) => start <= offset && offset <= end)
      .sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)
    let selection: SelectionRange | undefined
    let last: Span | undefined
    for (const span of around) {
      if (last && (span.start < last.start || span.end > last.end)) continue
      if (last && span.start === last.start && span.end === last.end) continue
      selection = selection ? { range: document.rangeOf(span), parent: selection } : { range: document.rangeOf(span) }
      last = span
    }
    return selection ?? { range: { start: position, end: position } }
  })
}

/** Each heading with what it heads. */
function sectionsIn(document: SkillDocument): Span[] {
  const headings = document.blocks.filter((block) => block.type === 'heading')
  const sections: Span[] = []
  const open: { level: number; start: number }[] = []
  const close = (level: number, end: number) => {
    while (open.length > 0 && open.at(-1)!.level >= level) sections.push({ start: open.pop()!.start, end })
  }
  for (const { level, span } of headings) {
    close(level, span.start)
    open.push({ level, start: span.start })
  }
  close(0, document.text.length)
  return sections
}

function entrySpans(entries: readonly Entry[]): Span[] {
  return entries.flatMap(({ keySpan, value }) => [
    { start: keySpan.start, end: Math.max(keySpan.end, value.span.end) },
    keySpan,
    value.span,
    ...value.items.map(({ span }) => span),
    ...entrySpans(value.entries),
  ])
}

function insides(inline: SkillDocument['inlines'][number]): Span[] {
  if (inline.type === 'link') return [inline.text, inline.target]
  return inline.type === 'code' ? [inline.content] : []
}
