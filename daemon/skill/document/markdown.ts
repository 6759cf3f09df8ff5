import { lineEnd, nextLine, type Span } from './fences.ts'

/** A part of a Markdown body that no other part overlaps. Blank lines belong to none. */
export type Block =
  | { readonly type: 'heading'; readonly span: Span; readonly level: number; readonly title: Span }
  | {
      readonly type: 'fence'
      readonly span: Span
      /** The backticks or tildes that open it. */
      readonly open: Span
      /** What stands behind them, trimmed. */
      readonly info: Span
      /** The lines between. */
      readonly content: Span
      readonly closed: boolean
    }
  | { readonly type: 'comment'; readonly span: Span; readonly content: Span; readonly closed: boolean }
  /** Indented code. */
  | { readonly type: 'indented'; readonly span: Span }
  /** A paragraph, a list item's lines, a quote's, a table. `item` is the list marker that begins it. */
  | { readonly type: 'prose'; readonly span: Span; readonly item: Span | undefined }

const opening = /^([ \t]*(?:>[ \t]?)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})([^\n]*)$/
const atxHeading = /^ {0,3}(#{1,6})(?=[ \t]|$)/
const setextUnderline = /^ {0,3}(=+|-+)[ \t]*$/
const listMarker = /^[ \t]*(?:>[ \t]?)*((?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))/
const thematicBreak = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/

/**
 * The blocks of a body, in order. Follows CommonMark where a reader of skills can see a difference; nesting (fences in
 * list items and quotes) is flattened. One pass, linear in the text.
 */
export function blocksIn(text: string, body: Span): Block[] {
  const blocks: Block[] = []
  let inList = false
  let prose: { start: number; end: number; item: Span | undefined } | undefined
  const endProse = () => {
    if (prose) blocks.push({ type: 'prose', span: { start: prose.start, end: prose.end }, item: prose.item })
    prose = undefined
  }
  for (let at = body.start; at < body.end; ) {
    const stop = Math.min(lineEnd(text, at), body.end)
    const line = text.slice(at, stop)
    const next = nextLine(text, stop)
    if (line.trim() === '') {
      endProse()
      at = next
      continue
    }
    const fence = opening.exec(line)
    if (fence && !(fence[2]![0] === '`' && fence[3]!.includes('`')) && (inList || indentOf(fence[1]!) < 4)) {
      endProse()
      const block = fenceAt(text, body, at, stop, fence)
      blocks.push(block)
      at = nextLine(text, block.span.end)
      continue
    }
    const comment = /^ {0,3}<!--/.exec(line)
    if (comment && !prose) {
      const block = commentAt(text, body, at + comment[0].length - 4)
      blocks.push(block)
      at = nextLine(text, lineEnd(text, block.span.end))
      continue
    }
    const heading = atxHeading.exec(line)
    if (heading) {
      endProse()
      inList = false
      blocks.push(headingAt(at, stop, line, heading[0].length, heading[1]!.length))
    } else if (
      prose &&
      prose.item === undefined &&
      setextUnderline.test(line) &&
      !/^[ \t]*>/.test(text.slice(prose.start, prose.end))
    ) {
      const title = prose
      prose = undefined
      const level = line.trimStart()[0] === '=' ? 1 : 2
      blocks.push({
        type: 'heading',
        span: { start: title.start, end: stop },
        level,
        title: { start: title.start, end: title.end },
      })
    } else if (thematicBreak.test(line)) {
      endProse()
      inList = false
    } else if (!prose && !inList && /^(?: {4}| {0,3}\t)/.test(line)) {
      const last = blocks.at(-1)
      const joins = last?.type === 'indented' && text.slice(last.span.end, at).trim() === ''
      if (joins) blocks[blocks.length - 1] = { type: 'indented', span: { start: last.span.start, end: stop } }
      else blocks.push({ type: 'indented', span: { start: at, end: stop } })
    } else {
      const marker = listMarker.exec(line)
      if (marker) {
        endProse()
        inList = true
        const start = at + marker[0].length - marker[1]!.length
        prose = { start: at, end: stop, item: { start, end: start + marker[1]!.length } }
      } else if (prose) prose.end = stop
      else {
        if (!/^[ \t]/.test(line)) inList = false
        prose = { start: at, end: stop, item: undefined }
      }
    }
    at = next
  }
  endProse()
  return blocks
}

function indentOf(prefix: string): number {
  return /^[ \t]*/.exec(prefix)![0].replaceAll('\t', '    ').length
}

function fenceAt(text: string, body: Span, at: number, stop: number, match: RegExpExecArray): Block {
  const [, prefix, marker, rest] = match as unknown as [string, string, string, string]
  const open = { start: at + prefix.length, end: at + prefix.length + marker.length }
  const infoStart = open.end + (rest.length - rest.trimStart().length)
  const info = { start: infoStart, end: infoStart + rest.trim().length }
  const quoted = prefix.includes('>')
  const contentStart = Math.min(nextLine(text, stop), body.end)
  for (let line = contentStart; line < body.end; ) {
    const end = Math.min(lineEnd(text, line), body.end)
    const inner = text.slice(line, end)
    if (quoted && !/^[ \t]*>/.test(inner)) {
      const content = { start: contentStart, end: line }
      return {
        type: 'fence',
        span: { start: at, end: trimmedEnd(text, contentStart, line) },
        open,
        info,
        content,
        closed: true,
      }
    }
    const bare = quoted ? inner.replace(/^[ \t]*(?:>[ \t]?)+/, '') : inner
    const run = bare.trim()
    if (run.length >= marker.length && run[0] === marker[0] && run === marker[0]!.repeat(run.length)) {
      return {
        type: 'fence',
        span: { start: at, end },
        open,
        info,
        content: { start: contentStart, end: line },
        closed: true,
      }
    }
    line = nextLine(text, end)
    if (end === body.end) break
  }
  return {
    type: 'fence',
    span: { start: at, end: body.end },
    open,
    info,
    content: { start: contentStart, end: body.end },
    closed: false,
  }
}

function commentAt(text: string, body: Span, start: number): Block {
  const found = text.indexOf('-->', start + 4)
  const closed = found >= 0 && found < body.end
  const content = { start: start + 4, end: closed ? found : body.end }
  return { type: 'comment', span: { start, end: closed ? found + 3 : body.end }, content, closed }
}

function headingAt(at: number, stop: number, line: string, opened: number, level: number): Block {
  const rest = line.slice(opened).trim()
  const closing = rest.length - /#*$/.exec(rest.slice(-100))![0].length
  const title = closing === 0 || /[ \t]/.test(rest[closing - 1]!) ? rest.slice(0, closing).trimEnd() : rest
  const start = at + opened + (line.length - opened - line.slice(opened).trimStart().length)
  return { type: 'heading', span: { start: at, end: stop }, level, title: { start, end: start + title.length } }
}

function trimmedEnd(text: string, from: number, to: number): number {
  return from + text.slice(from, to).trimEnd().length
}
