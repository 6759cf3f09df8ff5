import { ansiText } from './ansiText.ts'
import { bare, type Piece, quote, wordsOfPieces } from './pieces.ts'
import { isNumeric, type State } from './state.ts'
import type { Syntax } from './syntax.ts'
import { unknownWord, type Word } from './word.ts'

export interface WordReader {
  readonly line: string
  readonly home: string
  /** Goes into a substitution, whose commands run for the word's sake. */
  inside(substitution: Syntax): void
  /** Something is there that is not known to be harmless. */
  unknown(part: Syntax): void
}

/** The words that a part of a command becomes. `expands` is false where bash neither splits nor expands names. */
export function readWords(part: Syntax, state: State, reader: WordReader, expands = true): Word[] {
  const pieces = piecesOf(part, state, reader)
  return wordsOfPieces(pieces, part, reader.home, expands)
}

/** One word, as on the right of an assignment or a redirection. */
export function readWord(part: Syntax, state: State, reader: WordReader): Word {
  const words = readWords(part, state, reader)
  return (words.length === 1 && words[0]) || unknownWord(part, '', { many: true })
}

type Reads = (part: Syntax, state: State, reader: WordReader) => Piece[]

const later: Piece = { unknown: 'many', dash: true }
const laterNumber: Piece = { unknown: 'one', dash: false }

/** Every kind of part that is understood inside a word; all others are not. */
const kinds: Record<string, Reads> = {
  word: bareText,
  number: bareText,
  test_operator: bareText,
  brace_expression: bareText,
  command_name: (part, state, reader) => part.children.flatMap((child) => piecesOf(child, state, reader)),
  concatenation: (part, state, reader) => part.children.flatMap((child) => piecesOf(child, state, reader)),
  string: quotedText,
  raw_string: (part, _, { line }) => [quote(line.slice(part.start + 1, part.end - 1))],
  ansi_c_string: (part, _, reader) => {
    const text = ansiText(reader.line.slice(part.start + 2, part.end - 1))
    if (text === null) reader.unknown(part)
    return text === null ? [later] : [quote(text)]
  },
  simple_expansion: (part, state, reader) => {
    const name = part.children.find(({ named }) => named)
    return name ? variablePieces(reader.line.slice(name.start, name.end), state, reader.home) : refuse(part, reader)
  },
  expansion: (part, state, reader) => {
    const inner = part.children.filter(({ type }) => type !== '${' && type !== '}')
    if (inner.length === 1 && inner[0]?.type === 'variable_name') {
      return variablePieces(reader.line.slice(inner[0].start, inner[0].end), state, reader.home)
    }
    if (inner.some(({ type }) => type === '@' || type === '!' || type === '=' || type === ':='))
      return refuse(part, reader)
    const counts = inner[0]?.type === '#'
    for (const child of inner) if (!readExpansionPart(child, state, reader)) return refuse(part, reader)
    return [counts ? laterNumber : later]
  },
  command_substitution: (part, _, reader) => {
    const raw = reader.line.slice(part.start, part.end)
    // In backticks bash takes off a layer of escapes before it reads what is in them.
    if (raw.startsWith('`') && raw.includes('\\')) reader.unknown(part)
    reader.inside(part)
    return [later]
  },
  process_substitution: (part, _, reader) => {
    reader.inside(part)
    return [bare('/dev/fd/'), laterNumber]
  },
  arithmetic_expansion: (part, state, reader) =>
    isPlainArithmetic(part, state, reader.line) ? [{ unknown: 'one', dash: true }] : refuse(part, reader),
}

function piecesOf(part: Syntax, state: State, reader: WordReader): Piece[] {
  const read = Object.hasOwn(kinds, part.type) ? kinds[part.type] : undefined
  return read ? read(part, state, reader) : refuse(part, reader)
}

function refuse(part: Syntax, reader: WordReader): Piece[] {
  reader.unknown(part)
  return [later]
}

/** Text without quotes around it. What bash would not take for a part of a word is not taken for one here either. */
function bareText(part: Syntax, _state: State, reader: WordReader): Piece[] {
  const raw = reader.line.slice(part.start, part.end)
  const pieces: Piece[] = []
  for (const [text] of raw.matchAll(/\\\n|\\[\s\S]|[^\\]+|\\$/g)) {
    if (text === '\\\n') continue
    if (text === '\\') return refuse(part, reader)
    if (text.startsWith('\\')) pieces.push(quote(text.slice(1)))
    else if (/[\s;&|<>()$`"']/.test(text)) return refuse(part, reader)
    else pieces.push(bare(text))
  }
  return pieces
}

/** Text in double quotes: what stands between its expansions is read from the line itself. */
function quotedText(part: Syntax, state: State, reader: WordReader): Piece[] {
  const { line } = reader
  if (line[part.start] !== '"' || line[part.end - 1] !== '"' || part.end - part.start < 2) return refuse(part, reader)
  const pieces: Piece[] = []
  let at = part.start + 1
  const literal = (end: number) => {
    const raw = line.slice(at, end)
    // An expansion that the parser did not see.
    if (/^(?:[^\\$`]|\\[\s\S]|\$(?![\w{(?#@*!$-]))*$/.test(raw))
      pieces.push(quote(raw.replace(/\\(\n|[$`"\\])/g, (_all, c) => (c === '\n' ? '' : c))))
    else pieces.push(...refuse(part, reader))
  }
  for (const child of part.children) {
    if (!child.named || child.type === 'string_content') continue
    literal(child.start)
    // The positional parameters and a whole list stay as many as they are.
    const many = /@/.test(line.slice(child.start, child.end)) && child.type !== 'command_substitution'
    for (const piece of piecesOf(child, state, reader)) {
      if ('text' in piece) pieces.push(quote(piece.text.replaceAll('\uE000', '')))
      else pieces.push(many ? later : { ...piece, unknown: 'one' })
    }
    at = child.end
  }
  literal(part.end - 1)
  return pieces
}

function variablePieces(name: string, state: State, home: string): Piece[] {
  if (/^[?#!$]$/.test(name)) return [laterNumber]
  const values = state.variables.has(name) ? state.variables.get(name) : wellKnown(name, state, home)
  if (!values) return [later]
  if (values === 'number') return [{ unknown: 'one', dash: true }]
  const plain = values.every((value) => /^[\w./:@%+=,-]+$/.test(value))
  if (!plain) return [later]
  const [only] = values
  return values.length === 1 && only !== undefined
    ? [bare(only)]
    : [{ unknown: 'one', dash: values.some((value) => value.startsWith('-')) }]
}

function wellKnown(name: string, { folders }: State, home: string): readonly string[] | null {
  if (name === 'HOME') return [home]
  return name === 'PWD' ? folders : null
}

/** A part of `${…}` beside the name. */
function readExpansionPart(part: Syntax, state: State, reader: WordReader): boolean {
  if (!part.named) return /^[-:#%/^,+?]+$/.test(part.type)
  if (part.type === 'variable_name' || part.type === 'special_variable_name') return true
  if (part.type === 'regex') return !/[$`]/.test(reader.line.slice(part.start, part.end))
  if (part.type === 'subscript') return isPlainSubscript(part, reader.line)
  if (!Object.hasOwn(kinds, part.type)) return false
  piecesOf(part, state, reader)
  return true
}

/** An index is arithmetic, which may run a command; a number, `@` and `*` do not. */
function isPlainSubscript(part: Syntax, line: string): boolean {
  return /^\w+\[(\d+|[@*])\]$/.test(line.slice(part.start, part.end))
}

const arithmeticParts = new Set(
  [
    'arithmetic_expansion',
    'binary_expression',
    'parenthesized_expression',
    'unary_expression',
    'ternary_expression',
  ].concat([
    'number',
    'variable_name',
    'simple_expansion',
    'special_variable_name',
    'compound_statement',
    'postfix_expression',
  ]),
)

/**
 * Arithmetic that only counts. A variable's text is arithmetic in turn and may hold a command, so that each variable must
 * be one that the line did not set, or set to numbers.
 */
export function isPlainArithmetic(part: Syntax, state: State, line: string): boolean {
  if (!part.named) return true
  const raw = line.slice(part.start, part.end)
  if (part.type === 'word') return /^\w+$/.test(raw) && isCountable(raw, state)
  if (part.type === 'variable_name') return isCountable(raw, state)
  return arithmeticParts.has(part.type) && part.children.every((child) => isPlainArithmetic(child, state, line))
}

function isCountable(name: string, { variables }: State): boolean {
  return !variables.has(name) || isNumeric(variables.get(name))
}
