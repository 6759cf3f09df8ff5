import type { Input } from './command.ts'
import type { LineReading } from './lineReading.ts'
import type { State } from './state.ts'
import type { Syntax } from './syntax.ts'
import type { Word } from './word.ts'

/** What redirections make of a command. */
interface Redirected {
  readonly input: Input
  /** The parser takes the words after a redirection for more targets of it: they are the command's. */
  readonly extra: Word[]
  /** What the parser put behind a here-document: it comes after the command, and reads what that says. */
  readonly after: Syntax[]
}

/** Follows redirections of a command whose input is `outer` without them. */
export function readRedirects(parts: readonly Syntax[], at: State, outer: Input, reading: LineReading): Redirected {
  let input = outer
  const extra: Word[] = []
  const after: Syntax[] = []
  for (const part of parts) {
    const read = Object.hasOwn(redirections, part.type) ? redirections[part.type] : undefined
    if (!read) {
      reading.refuse(part, at)
      continue
    }
    const found = read(part, at, reading)
    input = found.input ?? input
    extra.push(...(found.extra ?? []))
    after.push(...(found.after ?? []))
  }
  return { input, extra, after }
}

type ReadRedirect = (part: Syntax, at: State, reading: LineReading) => Partial<Redirected>

const redirections: Record<string, ReadRedirect> = {
  file_redirect: (part, at, { line, visitor, words, word, refuse }) => {
    const operator = part.children.find(({ named }) => !named)?.type ?? ''
    const descriptor = part.children.find(({ type }) => type === 'file_descriptor')
    const targets = part.children.filter(({ field }) => field === 'destination')
    if (part.children.some(({ type }) => type === 'ERROR')) refuse(part, at)
    const closes = operator.endsWith('&-')
    const [first, ...rest] = targets
    const extra = (closes ? targets : rest).flatMap((target) => words(target, at))
    if (closes || !first) return { extra }
    const target = word(first, at)
    const copies = (operator === '>&' || operator === '<&') && /^(\d+|-)$/.test(target.text ?? '')
    if (copies) return { extra }
    if (!Object.hasOwn(redirectEffects, operator)) visitor.unknown(`“${operator}”`)
    visitor.redirect(target, redirectEffects[operator] ?? 'write', at)
    const isInput = operator === '<' && (!descriptor || line.slice(descriptor.start, descriptor.end) === '0')
    return { extra, ...(isInput && { input: { type: 'file', path: target } }) }
  },
  heredoc_redirect: (part, at, reading) => {
    const { line, visitor, words, word } = reading
    const start = part.children.find(({ type }) => type === 'heredoc_start')
    const body = part.children.find(({ type }) => type === 'heredoc_body')
    const isLiteral = start !== undefined && /["'\\]/.test(line.slice(start.start, start.end))
    const expansions = isLiteral ? [] : (body?.children.filter(({ type }) => type !== 'heredoc_content') ?? [])
    for (const each of expansions) word(each, at)
    const raw = body ? line.slice(body.start, body.end) : ''
    // The parser does not look for every expansion that bash would make.
    if (!isLiteral && hidesExpansion(raw, body, expansions)) visitor.unknown('a here-document that may run a command')
    const known = isLiteral || !/[$`\\]/.test(raw)
    const others = part.children.filter(
      ({ named, field, type }) =>
        named && !type.startsWith('heredoc_') && type !== 'file_descriptor' && field !== 'redirect',
    )
    const nested = readRedirects(
      part.children.filter(({ field }) => field === 'redirect'),
      at,
      { type: 'none' },
      reading,
    )
    const extra = others.filter(({ field }) => field === 'argument').flatMap((argument) => words(argument, at))
    return {
      input: known ? { type: 'text', text: raw } : { type: 'unknown' },
      extra: [...nested.extra, ...extra],
      after: [...others.filter(({ field }) => field !== 'argument'), ...nested.after],
    }
  },
  herestring_redirect: (part, at, { word }) => {
    const value = part.children.find(({ named, type }) => named && type !== 'file_descriptor')
    const read = value && word(value, at)
    return { input: read && read.text !== null ? { type: 'text', text: read.text } : { type: 'unknown' } }
  },
}

const redirectEffects: Record<string, 'read' | 'write'> = {
  ...{ '<': 'read', '>': 'write', '>>': 'write', '&>': 'write', '&>>': 'write', '>|': 'write', '>&': 'write' },
}

function hidesExpansion(raw: string, body: Syntax | undefined, expansions: readonly Syntax[]): boolean {
  let rest = raw
  for (const { start, end } of expansions) {
    const from = start - (body?.start ?? 0)
    rest = rest.slice(0, from) + ' '.repeat(end - start) + rest.slice(from + end - start)
  }
  return /(?<!\\)(\\\\)*(`|\$[\w({@*#?!$-])/.test(rest)
}
