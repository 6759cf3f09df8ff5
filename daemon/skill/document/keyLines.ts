import { lineEnd, nextLine, type Span } from './fences.ts'

/** A top-level `key:` line of the frontmatter as it is written, whether or not the YAML around it is sound. */
export interface KeyLine {
  readonly key: string
  readonly keySpan: Span
  /** The offset of the colon. */
  readonly colon: number
  /** What follows the colon, down to the last line that belongs to the key; empty where there is nothing. */
  readonly value: Span
  /** The offset of the first line that no longer belongs to the key. */
  readonly end: number
}

const keyLine = /^(["']?)([A-Za-z_][\w.-]*)\1[ \t]*:(?=[ \t]|$)/

/** Reads the key lines of `content`, line by line: completion and repairs need them most while the YAML is broken. */
export function keyLinesIn(text: string, content: Span): KeyLine[] {
  const lines: KeyLine[] = []
  for (let at = content.start; at < content.end; ) {
    const stop = Math.min(lineEnd(text, at), content.end)
    const line = text.slice(at, stop)
    const next = Math.min(nextLine(text, stop), content.end)
    const match = keyLine.exec(line)
    const last = lines.at(-1)
    if (match) {
      const colon = at + match[0].length - 1
      const keyStart = at + match[1]!.length
      const keySpan = { start: keyStart, end: keyStart + match[2]!.length }
      lines.push({ key: match[2]!, keySpan, colon, value: trimmed(text, colon + 1, stop), end: next })
    } else if (last && line.trim() !== '' && !line.startsWith('#')) {
      const start = last.value.start < last.value.end ? last.value.start : at
      lines[lines.length - 1] = { ...last, value: trimmed(text, start, stop), end: next }
    }
    at = next
  }
  return lines
}

function trimmed(text: string, start: number, end: number): Span {
  const part = text.slice(start, end)
  const from = start + (part.length - part.trimStart().length)
  return part.trim() === '' ? { start, end: start } : { start: from, end: from + part.trim().length }
}
