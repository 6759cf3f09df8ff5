/** A part of a text as offsets in UTF-16 units; `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Where the frontmatter of a skill lies. */
export interface Fences {
  /** The three dashes that open it. */
  readonly open: Span
  /** The lines between the fences. Where the closing fence is missing: the lines that look like YAML. */
  readonly content: Span
  /** The three dashes that close it. */
  readonly close: Span | undefined
  /** Spaces and empty lines that stand before the opening fence, where there must be nothing. */
  readonly before: Span | undefined
  readonly body: Span
}

const fenceLine = /^---[ \t]*$/
const closingFence = /\n---[ \t]*(?:\r?\n|$)/g
const yamlLine = /^(?:[ \t]+\S.*|["']?[A-Za-z_][\w.-]*["']?[ \t]*:(?:[ \t].*)?|- .*|#.*)$/
const longestLead = 4096

/** Frontmatter longer than this is not read: no reader of skills takes more, and hostile YAML is slow to refuse. */
export const longestFrontmatter = 65_536
/** Nor is a file that is YAML or JSON as a whole. */
export const longestData = 1_048_576

/** Finds the fences; undefined where the text does not begin with one. Reads the body at most once. */
export function findFences(text: string): Fences | undefined {
  const start = textStart(text)
  const first = /^\s*/.exec(text.slice(start, start + longestLead))![0]
  const lead = first.slice(0, Math.max(first.lastIndexOf('\n'), first.lastIndexOf('\r')) + 1)
  const openStart = start + lead.length
  const openEnd = lineEnd(text, openStart)
  if (!text.startsWith('---', openStart) || !fenceLine.test(text.slice(openStart, openEnd))) return undefined
  const open = { start: openStart, end: openStart + 3 }
  const before = lead.length > 0 ? { start, end: openStart } : undefined
  const contentStart = nextLine(text, openEnd)
  closingFence.lastIndex = contentStart - 1
  const found = openEnd < contentStart ? closingFence.exec(text) : null
  if (found) {
    const close = { start: found.index + 1, end: found.index + 4 }
    const body = { start: nextLine(text, lineEnd(text, close.end)), end: text.length }
    return { open, before, close, content: { start: contentStart, end: close.start }, body }
  }
  const content = { start: contentStart, end: yamlLooksToEnd(text, contentStart) }
  return { open, before, close: undefined, content, body: { start: content.end, end: text.length } }
}

/** The first offset after a byte order mark. */
export function textStart(text: string): number {
  return text.charCodeAt(0) === 0xfeff ? 1 : 0
}

/** The offset at which the line of `offset` ends, before its terminator. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset)
  if (newline < 0) return text.length
  return newline > offset && text.charCodeAt(newline - 1) === 13 ? newline - 1 : newline
}

/** The offset of the line after the one that ends at `end`; the text's end where there is none. */
export function nextLine(text: string, end: number): number {
  const newline = text.indexOf('\n', end)
  return newline < 0 ? text.length : newline + 1
}

/** An author who forgot the closing fence goes on with prose: the first line that cannot be a key ends the YAML. */
function yamlLooksToEnd(text: string, from: number): number {
  let end = from
  let afterBlank = false
  for (let at = from; at < Math.min(text.length, from + longestFrontmatter); ) {
    const stop = lineEnd(text, at)
    const line = text.slice(at, stop)
    const blank = line.trim() === ''
    const heading = afterBlank && line.startsWith('#')
    if (heading || !(blank || yamlLine.test(line))) break
    at = nextLine(text, stop)
    if (!blank) end = at
    afterBlank = blank
  }
  return end
}
