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
const setextUnderline = /^ {0,3}(=+|-+)[ \t]*$/
const listMarker = /^[ \t]*(?:>[ \t]?)*((?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))/
const thematicBreak = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/

/** What is more than text begins, behind blanks, with one of these. */
const marks = new Uint8Array(128)
for (const mark of '`~>-*+#=<_0123456789') marks[mark.charCodeAt(0)] = 1

/**
 * The blocks of a body, in order. Follows CommonMark where a reader of skills can see a difference; nesting (fences in
 * list items and quotes) is flattened. One pass, linear in the text, in which most lines are told by their first letters.
 */
export function blocksIn(text: string, body: Span): Block[] {
  const blocks: Block[] = []
  let inList = false
  let prose: { start: number; end: number; item: Span | undefined } | undefined
  const endProse = () => {
    if (prose) blocks.push({ type: 'prose', span: { start: prose.start, end: prose.end }, item: prose.item })
    prose = undefined
  }
  for (let at = body.start, next: number; at < body.end; at = next) {
    const newline = text.indexOf('\n', at)
    next = newline < 0 ? text.length : newline + 1
    const stop = newline < 0 ? text.length : newline > at && text.charCodeAt(newline - 1) === 13 ? newline - 1 : newline
    const first = afterBlanks(text, at)
    if (isBlank(text, first, stop)) {
      endProse()
      continue
    }
    const isIndented = first > at && isCode(text, at)
    let item = plainItemAt(text, first)
    if (!item && isMark(text.charCodeAt(first))) {
      const line = text.slice(at, stop)
      const block =
        fenceAt(text, body, at, stop, line, inList) ??
        (isIndented ? undefined : prose ? headingAt(text, at, first, stop) : leafAt(text, body, at, first, stop))
      if (block) {
        endProse()
        blocks.push(block)
        if (block.type === 'heading') inList = false
        next = nextLine(text, lineEnd(text, block.span.end))
        continue
      }
      if (
        prose &&
        !prose.item &&
        setextUnderline.test(line) &&
        text.charCodeAt(afterBlanks(text, prose.start)) !== 62
      ) {
        const level = line.trimStart()[0] === '=' ? 1 : 2
        const title = { start: prose.start, end: prose.end }
        blocks.push({ type: 'heading', span: { start: title.start, end: stop }, level, title })
        prose = undefined
        continue
      }
      if (thematicBreak.test(line)) {
        endProse()
        inList = false
        continue
      }
      item = itemAt(line, at)
    }
    if (isIndented && !prose && !inList) {
      const last = blocks.at(-1)
      const joins = last?.type === 'indented' && text.slice(last.span.end, at).trim() === ''
      if (joins) blocks[blocks.length - 1] = { type: 'indented', span: { start: last.span.start, end: stop } }
      else blocks.push({ type: 'indented', span: { start: at, end: stop } })
    } else if (item) {
      endProse()
      inList = true
      prose = { start: at, end: stop, item }
    } else if (prose) prose.end = stop
    else {
      if (first === at) inList = false
      prose = { start: at, end: stop, item: undefined }
    }
  }
  endProse()
  return blocks
}

function isMark(code: number): boolean {
  return code < 128 && marks[code] === 1
}

function isSpaceOrTab(code: number): boolean {
  return code === 32 || code === 9
}

/** The first offset from `at` at which neither a space nor a tab stands. */
function afterBlanks(text: string, at: number): number {
  let first = at
  while (isSpaceOrTab(text.charCodeAt(first))) first++
  return first
}

/** Whether nothing is seen from `first` to the end of the line. */
function isBlank(text: string, first: number, stop: number): boolean {
  if (first >= stop) return true
  const code = text.charCodeAt(first)
  return (code < 33 || code > 126) && text.slice(first, stop).trim() === ''
}

/** Whether a line is as far indented as code. */
function isCode(text: string, at: number): boolean {
  for (let column = at; column < at + 4; column++) {
    const code = text.charCodeAt(column)
    if (code === 9) return true
    if (code !== 32) return false
  }
  return true
}

/** The list marker at `first` if it is followed by text, so that the line is certainly an item. */
function plainItemAt(text: string, first: number): Span | undefined {
  const code = text.charCodeAt(first)
  let end = first + 1
  if (code >= 48 && code <= 57) {
    while (end < first + 9 && isDigit(text.charCodeAt(end))) end++
    const closing = text.charCodeAt(end++)
    if (closing !== 46 && closing !== 41) return undefined
  } else if (code !== 45 && code !== 42 && code !== 43) return undefined
  const behind = afterBlanks(text, end)
  const begins = text.charCodeAt(behind)
  return behind > end && begins > 32 && !isMark(begins) ? { start: first, end } : undefined
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function itemAt(line: string, at: number): Span | undefined {
  const match = listMarker.exec(line)
  if (!match) return undefined
  const end = at + match[0].length
  return { start: end - match[1]!.length, end }
}

function indentOf(prefix: string): number {
  return /^[ \t]*/.exec(prefix)![0].replaceAll('\t', '    ').length
}

function fenceAt(text: string, body: Span, at: number, stop: number, line: string, inList: boolean): Block | undefined {
  const match = line.includes('```') || line.includes('~~~') ? opening.exec(line) : null
  if (!match) return undefined
  const [, prefix, marker, rest] = match as unknown as [string, string, string, string]
  if ((marker[0] === '`' && rest.includes('`')) || (!inList && indentOf(prefix) >= 4)) return undefined
  const open = { start: at + prefix.length, end: at + prefix.length + marker.length }
  const infoStart = open.end + (rest.length - rest.trimStart().length)
  const info = { start: infoStart, end: infoStart + rest.trim().length }
  const start = Math.min(nextLine(text, stop), body.end)
  const close = prefix.includes('>') ? quotedEnd(text, stop, body.end, marker) : fenceEnd(text, start, marker)
  const content = { start, end: close?.content ?? body.end }
  return {
    type: 'fence',
    span: { start: at, end: close?.end ?? body.end },
    open,
    info,
    content,
    closed: close !== undefined,
  }
}

/** Where the content of a fence ends, and where the fence. */
interface FenceEnd {
  readonly content: number
  readonly end: number
}

function fenceEnd(text: string, from: number, marker: string): FenceEnd | undefined {
  for (let found = text.indexOf(marker, from); found >= 0; ) {
    const line = text.lastIndexOf('\n', found) + 1
    const end = lineEnd(text, found)
    if (closes(text.slice(line, end), marker)) return { content: line, end }
    found = text.indexOf(marker, end)
  }
  return undefined
}

/** The fence of a quote, whose first line ends at `stop`, ends with the quote. */
function quotedEnd(text: string, stop: number, bodyEnd: number, marker: string): FenceEnd | undefined {
  for (let line = nextLine(text, stop); line < bodyEnd; line = nextLine(text, line)) {
    const end = lineEnd(text, line)
    const inner = text.slice(line, end)
    if (!/^[ \t]*>/.test(inner)) return { content: line, end: stop + text.slice(stop, line).trimEnd().length }
    if (closes(inner.replace(/^[ \t]*(?:>[ \t]?)+/, ''), marker)) return { content: line, end }
  }
  return undefined
}

function closes(line: string, marker: string): boolean {
  const run = line.trim()
  return run.length >= marker.length && run === marker[0]!.repeat(run.length)
}

/** A comment or a heading. */
function leafAt(text: string, body: Span, at: number, first: number, stop: number): Block | undefined {
  return text.startsWith('<!--', first) ? commentAt(text, body, first) : headingAt(text, at, first, stop)
}

function commentAt(text: string, body: Span, start: number): Block {
  const found = text.indexOf('-->', start + 4)
  const closed = found >= 0 && found < body.end
  const content = { start: start + 4, end: closed ? found : body.end }
  return { type: 'comment', span: { start, end: closed ? found + 3 : body.end }, content, closed }
}

function headingAt(text: string, at: number, first: number, stop: number): Block | undefined {
  let opened = first
  while (text.charCodeAt(opened) === 35) opened++
  const level = opened - first
  if (level === 0 || level > 6 || (opened < stop && !isSpaceOrTab(text.charCodeAt(opened)))) return undefined
  const behind = text.slice(opened, stop)
  const rest = behind.trim()
  const closing = rest.endsWith('#') ? rest.length - /#*$/.exec(rest.slice(-100))![0].length : rest.length
  const title = closing === 0 || isSpaceOrTab(rest.charCodeAt(closing - 1)) ? rest.slice(0, closing).trimEnd() : rest
  const start = opened + (behind.length - behind.trimStart().length)
  return { type: 'heading', span: { start: at, end: stop }, level, title: { start, end: start + title.length } }
}
