import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine, type Span } from '../document/fences.ts'

/**
 * A comment that silences rules: `<!-- skill-ls-disable N05: why -->` in Markdown, `# skill-ls-disable N05: why` in YAML. It holds for
 * its own line and, where it stands alone on it, for the next line that is not empty; as `skill-ls-disable-file` for the whole file.
 */
export interface Suppression {
  readonly span: Span
  /** Codes, or letters of groups. */
  readonly codes: readonly { readonly code: string; readonly span: Span }[]
  readonly reason: string
  /** What it holds for. */
  readonly covers: Span
}

/** What every suppression has. */
export const suppressionWord = 'skill-ls-disable'
const comment = /(?:<!--|#)[ \t]*skill-ls-disable(-file)?((?:[ \t,]+[A-Z]\d{0,2})*)[ \t]*(?::[ \t]*([^\n]*))?/g

/** The suppressions of a document, in order. */
export function suppressionsIn({ text }: SkillDocument): Suppression[] {
  if (!text.includes(suppressionWord)) return []
  return [...text.matchAll(comment)].map((match) => {
    const start = match.index
    const end = lineEnd(text, start)
    const close = match[0].startsWith('<') ? text.slice(start, end).indexOf('-->') : -1
    const stop = close < 0 ? end : start + close + 3
    const listed = match[0].indexOf(
      match[2]!,
      match[0].indexOf(suppressionWord) + suppressionWord.length + (match[1]?.length ?? 0),
    )
    const codes = [...match[2]!.matchAll(/[A-Z]\d{0,2}/g)].map((code) => {
      const at = start + listed + code.index
      return { code: code[0], span: { start: at, end: at + code[0].length } }
    })
    const reason = (match[3] ?? '').replace(/-->.*$/, '').trim()
    const covers = match[1] ? { start: 0, end: text.length } : coveredBy(text, start, stop)
    const span = { start, end: close < 0 ? start + match[0].trimEnd().length : stop }
    return { span, codes, reason, covers }
  })
}

/** Whether `suppression` silences `code` at `span`. */
export function silences({ codes, covers }: Suppression, code: string, span: Span): boolean {
  if (span.start > covers.end || span.end < covers.start) return false
  return codes.some((each) => each.code === code || each.code === code[0])
}

function coveredBy(text: string, start: number, stop: number): Span {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const alone = text.slice(lineStart, start).trim() === '' && text.slice(stop, lineEnd(text, stop)).trim() === ''
  if (!alone) return { start: lineStart, end: lineEnd(text, stop) }
  let next = nextLine(text, stop)
  while (next < text.length && text.slice(next, lineEnd(text, next)).trim() === '')
    next = nextLine(text, lineEnd(text, next))
  return { start: lineStart, end: lineEnd(text, next) }
}
