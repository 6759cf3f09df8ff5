import type { Span } from '../document/fences.ts'
import { nameIn, type Path } from '../document/location.ts'
import { estimateTokens } from '../document/tokens.ts'
import { count } from './entries.ts'
import type { Hit } from './rule.ts'

/** No more of a text is known. */
const longText = 262_144
const longReference = 100
const manyTokens = 10_000

/** What is wrong with the length of a text, if anything is; `path` is that of a file which another one links. */
export function tooLong(span: Span, text: string, path?: Path): Hit | undefined {
  const name = path === undefined ? 'This file' : `\`${nameIn(path)}\``
  // A token is four letters, or one sign of Chinese.
  const tokens = text.length < manyTokens * 1.2 ? 0 : estimateTokens(text)
  if (tokens > manyTokens) {
    const size = text.length >= longText ? 'more than 25,000' : `about ${count(tokens)}`
    return { span, message: `${name} has ${size} tokens; split it.`, severity: 'warning' }
  }
  if (!hasMoreLines(text, longReference) || hasContents(text)) return undefined
  return {
    span,
    message: `${name} has more than ${longReference} lines and does not say at its beginning what is in it.`,
  }
}

function hasMoreLines(text: string, most: number): boolean {
  let at = -1
  for (let lines = 0; lines <= most; lines++) {
    at = text.indexOf('\n', at + 1)
    if (at < 0) return false
  }
  return true
}

/** Whether a text lists its parts at the beginning: a heading that says so, or links to its own headings. */
function hasContents(text: string): boolean {
  const head = text.split('\n', 60).join('\n').slice(0, 6000)
  return (
    /^(?:#{1,6}\s+|\*\*)\s*(?:table of )?(?:contents|toc|index|overview|quick (?:reference|navigation|links)|目录|目次)\b/im.test(
      head,
    ) ||
    /目录|目次/.test(head) ||
    (head.match(/\]\(#[^)\s]+\)/g)?.length ?? 0) >= 3
  )
}
