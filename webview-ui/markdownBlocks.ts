import { Lexer, type Token } from 'marked'

/** A top-level block of a Markdown text. The same object stands for the same text for as long as it does not change. */
export interface Block {
  readonly raw: string
  readonly token: Token
}

/** Runs of inline text longer than this are shown as they are: inline rules are not linear in the length. */
const inlineLimit = 10_000
/** Deeper nesting than this is shown as plain text. */
const nestingLimit = 100

/**
 * The blocks of `text`. With the blocks of a beginning of it, as while a reply streams in, only the last of these is read
 * again: the cost is that of the block that grows, not of the text.
 */
export function blocksOf(text: string, before: readonly Block[] = []): readonly Block[] {
  const source = text.replace(/\r\n?/g, '\n')
  const kept: Block[] = []
  let offset = 0
  for (const block of before.slice(0, lastGrowing(before))) {
    if (!source.startsWith(block.raw, offset)) break
    kept.push(block)
    offset += block.raw.length
  }
  const rest = source.slice(offset)
  if (rest === '') return kept
  const held = new Map(before.slice(kept.length).map((block) => [block.raw, block]))
  return [...kept, ...lex(rest).map((block) => held.get(block.raw) ?? block)]
}

/** The index of the last block that is not blank: what comes next may still belong to it. */
function lastGrowing(blocks: readonly Block[]): number {
  return blocks.findLastIndex(({ token }) => token.type !== 'space')
}

function lex(source: string): Block[] {
  if (tooDeep.test(source) || deepestIndent(source) > nestingLimit * 2) return [plainBlock(source)]
  try {
    const lexer = new Lexer({ gfm: true })
    lexer.blockTokens(source, lexer.tokens)
    for (const { src, tokens } of lexer.inlineQueue) {
      if (src.length <= inlineLimit) lexer.inlineTokens(src, tokens)
      else tokens.push(textToken(src))
    }
    return placed([...lexer.tokens], source)
  } catch {
    return [plainBlock(source)]
  }
}

/**
 * The tokens with their text as it stands in the source: the lexer drops blanks here and there. Where it changed more
 * than that, the whole is one block, read anew each time.
 */
function placed(tokens: readonly Token[], source: string): Block[] {
  const starts: number[] = []
  let offset = 0
  for (const token of tokens) {
    const raw = token.raw.trimEnd()
    while (!source.startsWith(raw, offset)) {
      if (!/\s/.test(source.charAt(offset)))
        return [{ raw: source, token: { type: 'group', raw: source, tokens: [...tokens] } }]
      offset++
    }
    starts.push(offset)
    offset += raw.length
  }
  return tokens.map((token, index) => ({ raw: source.slice(index ? starts[index] : 0, starts[index + 1]), token }))
}

const tooDeep = new RegExp(`^[ \\t]*(?:(?:>|[-*+]|\\d+[.)])[ \\t]*){${nestingLimit}}`, 'm')

function plainBlock(source: string): Block {
  return { raw: source, token: { type: 'paragraph', raw: source, text: source, tokens: [textToken(source)] } }
}

function deepestIndent(source: string): number {
  let deepest = 0
  for (const [indent] of source.matchAll(/^ {200,}/gm)) deepest = Math.max(deepest, indent.length)
  return deepest
}

function textToken(text: string): Token {
  return { type: 'text', raw: text, text, escaped: false }
}
