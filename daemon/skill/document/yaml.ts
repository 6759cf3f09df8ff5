import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml'
import type { Span } from './fences.ts'
import { type At, readValue, type Value } from './value.ts'

/** Trouble with the YAML itself. */
export interface Fault {
  readonly type: 'unquotedColon' | 'tab' | 'duplicateKey' | 'notMapping' | 'openQuote' | 'openBracket' | 'invalid'
  /** What is wrong as a clause without a full stop. */
  readonly message: string
  readonly span: Span
}

/** No more faults than this are told; a frontmatter with so many is no frontmatter, and not worth repairing. */
export const mostFaults = 20

/** YAML or JSON as read, and what is wrong with it. The root is to be believed only where no fault but `duplicateKey` is. */
export interface Yaml {
  /** undefined where there is nothing, or nothing that could be read. */
  readonly root: Value | undefined
  readonly faults: readonly Fault[]
}

const tooDeep = 'RESOURCE_EXHAUSTION'
const unindented = 'a text in quotes goes on in lines that are not indented'

/**
 * Parses the YAML in `content`. Never throws and never expands an alias, so its cost is bounded by the length of
 * `content`.
 */
export function parseYaml(text: string, content: Span, expects: 'mapping' | 'anything'): Yaml {
  const source = text.slice(content.start, content.end)
  let document: Document.Parsed
  try {
    document = parseDocument(source, { prettyErrors: false, logLevel: 'silent', uniqueKeys: false })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { root: undefined, faults: [{ type: 'invalid', message, span: content }] }
  }
  const at = (start: number, end: number): Span => ({
    start: content.start + Math.min(start, source.length),
    end: content.start + Math.min(Math.max(start, end), source.length),
  })
  const faults: Fault[] = []
  const starts = new Set<number>()
  for (const { code, message, pos } of document.errors.slice(0, mostFaults)) {
    // One mistake is often reported twice at one place; the first report is the cause.
    if (!starts.has(pos[0])) faults.push(faultOf(document, source, at, code, message, pos))
    starts.add(pos[0])
    // What follows is a consequence.
    if (code === tooDeep || faults.at(-1)?.message === unindented) break
  }
  const root = document.contents as Node | null
  if (root && !isMap(root) && expects === 'mapping') {
    const [start, end] = root.range ?? [0, source.length]
    const message = 'the frontmatter must be `key: value` lines'
    if (faults.length === 0) faults.push({ type: 'notMapping', message, span: at(start, end) })
    return { root: undefined, faults }
  }
  if (root && faults.length < mostFaults) faults.push(...referenceFaults(root, at).slice(0, mostFaults - faults.length))
  return { root: root ? readValue(root, source, at) : undefined, faults }
}

function faultOf(
  document: Document.Parsed,
  source: string,
  at: At,
  code: string,
  message: string,
  [start, end]: readonly [number, number],
): Fault {
  if (code === 'TAB_AS_INDENT') {
    return { type: 'tab', message: 'YAML is indented with spaces, not tabs', span: at(start, end) }
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    const colon = /:(?=[ \t\r\n]|$)/.exec(source.slice(start))
    const where = start + (colon?.index ?? 0)
    const why = 'a value with `: ` in it must be in quotes, or YAML takes it for another key'
    return { type: 'unquotedColon', message: why, span: at(where, where + 1) }
  }
  if (code === 'MISSING_CHAR' && /quote$/.test(message)) {
    const open = openedAt(document, start) ?? start
    const message = isClosedLater(source, open) ? unindented : 'this quote is not closed'
    return { type: 'openQuote', message, span: at(open, open + 1) }
  }
  if (/^Flow (map|sequence)/.test(message)) {
    const open = openedAt(document, start) ?? start
    return { type: 'openBracket', message: 'this list or map is not closed', span: at(open, open + 1) }
  }
  if (code === tooDeep) {
    // How deep the parser gets depends on the machine; where the nesting begins does not.
    const line = source.lastIndexOf('\n', start - 1) + 1
    const first = line + Math.max(0, source.slice(line, start).search(/[[{]|(?<=^\s*)[-?]/))
    return { type: 'invalid', message: 'it is nested too deeply', span: at(first, first + 1) }
  }
  if (code === 'MULTILINE_IMPLICIT_KEY' || /^Implicit map keys need/.test(message)) {
    const line = source.slice(start, end).split('\n', 1)[0]!.trimEnd()
    const why = 'this is no `key: value`: a colon with a space behind it is missing'
    return { type: 'invalid', message: why, span: at(start, start + line.length) }
  }
  const plain = message.replace(/\.$/, '')
  return { type: 'invalid', message: plain[0]!.toLowerCase() + plain.slice(1), span: at(start, end) }
}

/** Whether the quote at `open` has its end on a later line, behind lines that do not belong to the value. */
function isClosedLater(source: string, open: number): boolean {
  const quote = source[open]
  const rest = source.slice(open + 1)
  const end = rest.search(quote === '"' ? /(?<!\\)"[ \t]*(?:\r?\n|$)/ : /'[ \t]*(?:\r?\n|$)/)
  const inner = end < 0 ? '' : rest.slice(0, end)
  return /\n\S/.test(inner) && !/\n[\w-]+:(?:\s|$)/.test(inner)
}

/** YAML notices a missing end only where something else stands; the author needs to see what was opened. */
function openedAt(document: Document.Parsed, noticedAt: number): number | undefined {
  const root = document.contents as Node | null
  const values: unknown[] = isMap(root) ? root.items.map((pair) => pair.value ?? pair.key) : [root]
  const isOpen = (node: unknown): node is Node =>
    (isCollection(node) ? node.flow === true : isScalar(node) && node.type?.startsWith('QUOTE') === true) &&
    (node as Node).range?.[1] === noticedAt
  return values.find(isOpen)?.range?.[0]
}

/** Duplicate keys in any map, and aliases of anchors that do not stand before them. Walks without recursion. */
function referenceFaults(root: Node, at: At): Fault[] {
  const faults: Fault[] = []
  const anchors = new Set<string>()
  const waiting: unknown[] = [root]
  while (waiting.length > 0 && faults.length < mostFaults) {
    const node = waiting.pop()
    if (isPair(node)) {
      waiting.push(node.value, node.key)
    } else if (isAlias(node)) {
      if (anchors.has(node.source)) continue
      const [start, end] = node.range ?? [0, 0]
      faults.push({
        type: 'invalid',
        message: `no anchor \`&${node.source}\` stands before this`,
        span: at(start, end),
      })
    } else if (isMap(node) || isSeq(node)) {
      if (node.anchor) anchors.add(node.anchor)
      if (isMap(node)) faults.push(...duplicateKeys(node.items, at))
      for (let i = node.items.length - 1; i >= 0; i--) waiting.push(node.items[i])
    } else if (isScalar(node) && node.anchor) {
      anchors.add(node.anchor)
    }
  }
  return faults
}

function duplicateKeys(pairs: readonly Pair[], at: At): Fault[] {
  const seen = new Set<unknown>()
  const faults: Fault[] = []
  for (const { key } of pairs) {
    if (!isScalar(key) || !key.range) continue
    const message = `the key \`${String(key.value)}\` stands here twice`
    if (seen.has(key.value)) faults.push({ type: 'duplicateKey', message, span: at(key.range[0], key.range[1]) })
    seen.add(key.value)
  }
  return faults
}
