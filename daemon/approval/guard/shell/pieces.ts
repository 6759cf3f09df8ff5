import { literalWord, unknownWord, type Word } from './word.ts'

/** A part of a word: text whose special characters are marked where they were quoted, or what is only known later. */
export type Piece = { readonly text: string } | { readonly unknown: 'one' | 'many'; readonly dash: boolean }

/** Stands before a character that was quoted and so means itself. A line that holds it is not read at all. */
const quoted = '\uE000'
const special = /[*?[\]{},~]/g

export const quote = (text: string): Piece => ({ text: text.replace(special, `${quoted}$&`) })
export const bare = (text: string): Piece => ({ text })

/** The words that a word becomes: braces multiply it, a tilde is a home folder, a pattern stands for names of files. */
export function wordsOfPieces(
  pieces: readonly Piece[],
  span: { start: number; end: number },
  home: string,
  expands = true,
): Word[] {
  let lead = ''
  const later: Exclude<Piece, { text: string }>[] = []
  for (const piece of pieces) {
    if ('unknown' in piece) later.push(piece)
    else if (later.length === 0) lead += piece.text
  }
  const known = later.length === 0
  const texts = expands && known ? braced(lead) : [lead]
  if (texts.length > maxWords) return [unknownWord(span, '', { many: true })]
  return texts.map((text) => {
    const tilde = expands ? withHome(text, home) : text
    if (tilde === null) return unknownWord(span)
    const plain = unmarked(tilde)
    if (known && !(expands && hasPattern(tilde))) return literalWord(plain, span)
    if (known) {
      const before = unmarked(tilde.slice(0, firstPattern(tilde)))
      return unknownWord(span, before, { many: true, glob: plain })
    }
    const many = expands && (later.some(({ unknown }) => unknown === 'many') || /(^|[^\uE000])[{*?[]/.test(lead))
    const dash = later[0]?.dash ?? true
    return unknownWord(span, plain, { many, dash })
  })
}

const maxWords = 200

function unmarked(text: string): string {
  return text.replaceAll(quoted, '')
}

function firstPattern(text: string): number {
  return text.search(/(?<!\uE000)[*?[]/)
}

function hasPattern(text: string): boolean {
  const at = firstPattern(text)
  // An opening bracket that nothing closes means itself.
  return at >= 0 && (text[at] !== '[' || /(?<!\uE000)[*?\]]/.test(text.slice(at + 1)))
}

function withHome(text: string, home: string): string | null {
  if (!text.startsWith('~')) return text
  if (text === '~' || text.startsWith('~/')) return home + text.slice(1)
  return null
}

/** `a{b,c}` is `ab` and `ac`; `{1..3}` is 1, 2, 3; other braces mean themselves. */
function braced(text: string, depth = 0): string[] {
  if (depth > 10) return []
  const group = firstGroup(text)
  if (!group) return [text]
  const { before, parts, after } = group
  const rests = braced(after, depth + 1)
  const words = parts
    .flatMap((part) => braced(part, depth + 1))
    .flatMap((part) => rests.map((rest) => before + part + rest))
  return words.slice(0, maxWords + 1)
}

function firstGroup(text: string): { before: string; parts: string[]; after: string } | undefined {
  for (let open = 0; open < text.length; open++) {
    if (text[open] === quoted) open++
    else if (text[open] === '{') {
      const found = groupAt(text, open)
      if (found) return found
    }
  }
  return undefined
}

function groupAt(text: string, open: number): { before: string; parts: string[]; after: string } | undefined {
  const commas: number[] = []
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const character = text[at]
    if (character === quoted) at++
    else if (character === '{') depth++
    else if (character === ',' && depth === 1) commas.push(at)
    else if (character === '}' && --depth === 0) {
      const inside = text.slice(open + 1, at)
      const edges = [open, ...commas, at]
      const parts =
        commas.length > 0 ? edges.slice(1).map((edge, i) => text.slice((edges[i] ?? 0) + 1, edge)) : sequence(inside)
      return parts && { before: text.slice(0, open), parts, after: text.slice(at + 1) }
    }
  }
  return undefined
}

function sequence(inside: string): string[] | undefined {
  const [, from, to, step] = /^(-?\d{1,6}|[a-zA-Z])\.\.(-?\d{1,6}|[a-zA-Z])(?:\.\.(-?\d{1,6}))?$/.exec(inside) ?? []
  if (from === undefined || to === undefined) return undefined
  const numeric = /\d$/.test(from)
  if (numeric !== /\d$/.test(to)) return undefined
  const [first, last] = numeric ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)]
  const stride = Math.abs(Number(step ?? 1)) || 1
  const count = Math.min(Math.floor(Math.abs(last - first) / stride) + 1, maxWords + 1)
  const width = numeric && /^-?0\d/.test(from + to) ? Math.max(from.length, to.length) : 0
  return Array.from({ length: count }, (_, i) => {
    const value = first + Math.sign(last - first) * stride * i
    return numeric ? String(value).padStart(width, '0') : String.fromCharCode(value)
  })
}
