import type { Syntax } from './syntax.ts'

/**
 * What bash would read and the parser left out, or put in two words where bash takes one; undefined where the tokens
 * and the blanks between them are all that there is.
 */
export function unreadPart(root: Syntax, line: string): string | undefined {
  const spans: [number, number][] = []
  const nested: Syntax[] = []
  const collect = (part: Syntax) => {
    if (part.children.length === 0 || whole.has(part.type)) {
      spans.push([part.start, part.end])
      nested.push(...substitutionsIn(part))
    } else for (const child of part.children) collect(child)
  }
  for (const child of root.children) collect(child)
  spans.sort((a, b) => a[0] - b[0])
  let at = root.start
  for (const [start, end] of [...spans, [root.end, root.end] as const]) {
    const between = start > at ? line.slice(at, start) : ''
    const gap = between.replaceAll('\\\n', '').trim()
    // A lone dash before a here-document is put back where commands are read.
    if (gap !== '' && !(gap === '-' && line.startsWith('<<', start))) return gap
    // bash takes both lines for one word.
    if (/^(\\\n)+$/.test(between) && !/[\s;&|()]/.test(line[at - 1] ?? ' ')) return between
    at = Math.max(at, end)
  }
  for (const part of nested) {
    const unread = unreadPart(part, line)
    if (unread !== undefined) return unread
  }
  return undefined
}

/** Parts whose blanks are text. */
const whole = new Set(['string', 'heredoc_body', 'expansion'])

function substitutionsIn(part: Syntax): Syntax[] {
  return part.children.flatMap((child) => (child.type.endsWith('_substitution') ? [child] : substitutionsIn(child)))
}
