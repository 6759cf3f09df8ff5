export type Replacement =
  | { readonly type: 'replaced'; readonly text: string; readonly count: number; readonly lines: readonly number[] }
  | { readonly type: 'missing' }
  /** `lines` (from 1) are those of the first few matches, here as above. */
  | { readonly type: 'ambiguous'; readonly count: number; readonly lines: readonly number[] }

const linesNamed = 10

/**
 * Replaces `old` by `fresh` in `text`. It must match exactly, except that LF also matches CRLF; what comes in takes the
 * line ends of the lines it replaces. More than one match is refused unless `all`. Every other character stays.
 */
export function replaceText(text: string, old: string, fresh: string, all: boolean): Replacement {
  const { plain, crlfs } = withPlainLineEnds(text)
  const wanted = old.replaceAll('\r\n', '\n')
  const matches = matchesOf(plain, wanted)
  const lines = lineNumbers(plain, matches.slice(0, linesNamed))
  if (matches.length === 0) return { type: 'missing' }
  if (matches.length > 1 && !all) return { type: 'ambiguous', count: matches.length, lines }

  const freshLf = fresh.replaceAll('\r\n', '\n')
  const freshCrlf = freshLf.replaceAll('\n', '\r\n')
  const parts: string[] = []
  let from = 0
  for (const match of matches) {
    parts.push(text.slice(from, match + countBelow(crlfs, match)))
    parts.push(hasCrlfAt(plain, crlfs, match) ? freshCrlf : freshLf)
    const end = match + wanted.length
    from = end + countBelow(crlfs, end)
  }
  parts.push(text.slice(from))
  return { type: 'replaced', text: parts.join(''), count: matches.length, lines }
}

/** The text with LF only, and where in it the line ends stand that are CRLF in truth, ascending. */
function withPlainLineEnds(text: string): { plain: string; crlfs: number[] } {
  const crlfs: number[] = []
  for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n', at + 2)) crlfs.push(at - crlfs.length)
  return { plain: crlfs.length === 0 ? text : text.replaceAll('\r\n', '\n'), crlfs }
}

function matchesOf(text: string, wanted: string): number[] {
  const found: number[] = []
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) found.push(at)
  return found
}

function lineNumbers(text: string, ascending: readonly number[]): number[] {
  let line = 1
  let from = 0
  return ascending.map((index) => {
    for (let at = text.indexOf('\n', from); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) {
      line++
      from = at + 1
    }
    return line
  })
}

/** Whether the first line end at or after `index`, or else the file's last, is CRLF. */
function hasCrlfAt(plain: string, crlfs: readonly number[], index: number): boolean {
  if (crlfs.length === 0) return false
  const next = plain.indexOf('\n', index)
  const lineEnd = next >= 0 ? next : plain.lastIndexOf('\n')
  return countBelow(crlfs, lineEnd + 1) > countBelow(crlfs, lineEnd)
}

/** How many of the ascending numbers lie below `limit`. */
function countBelow(ascending: readonly number[], limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}
