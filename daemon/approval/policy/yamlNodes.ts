import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from 'yaml'

/** Something about a text that cannot be taken as it is. `at` counts UTF-16 units. */
export interface NodeFault {
  readonly at: number
  readonly what: string
  readonly fix: string
}

/** A text as YAML reads it, or JSON, which is a part of it. */
export interface YamlText {
  readonly root: ParsedNode | null
  /** What is wrong with the text itself; then `root` is what could be read of it. */
  readonly faults: readonly NodeFault[]
  place(at: number): { line: number; column: number }
}

const mostFaults = 20
const deepest = 20

/** Never throws, and follows no alias: its cost is that of the text's length. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter()
  const place = (at: number) => {
    const { line, col } = lines.linePos(Math.min(at, text.length))
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'silent',
      // Compares each key with all before it.
      uniqueKeys: false,
    })
    const faults = document.errors.slice(0, mostFaults).map(({ pos, message }) => ({
      at: pos[0],
      what: /call stack/.test(message) ? 'it is nested too deeply' : `this is no YAML: ${firstLine(message)}`,
      fix: 'Mend it here, or at a quote or bracket that was opened above and not closed.',
    }))
    return { root: document.contents as ParsedNode | null, faults, place }
  } catch {
    const fault = { at: 0, what: 'this cannot be read as YAML', fix: 'Begin with “version: 1” and “rules:”.' }
    return { root: null, faults: [fault], place }
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/[.:]$/, '')
}

/** The values of a node, which stand in no object that has more than what was written; or why there are none. */
export function plainValue(node: Node | null | undefined, depth = 0): { value: unknown } | NodeFault {
  if (node === null || node === undefined) return { value: null }
  const at = node.range?.[0] ?? 0
  if (depth > deepest) return { at, what: 'it is nested too deeply', fix: 'Write it flat.' }
  if (isAlias(node)) return { at, what: 'an alias stands here', fix: 'Write out what it stands for: none is followed.' }
  if (isScalar(node)) return { value: node.value }
  if (isSeq(node)) {
    const list: unknown[] = []
    for (const item of node.items) {
      const read = plainValue((isPair(item) ? item.value : item) as Node | null, depth + 1)
      if (!('value' in read)) return read
      list.push(read.value)
    }
    return { value: list }
  }
  if (!isMap(node)) return { at, what: 'it is neither text, list nor map', fix: 'Write it as one of these.' }
  const map: Record<string, unknown> = Object.create(null)
  for (const { key, value, keyAt } of entriesOf(node)) {
    if (key === undefined)
      return { at: keyAt, what: 'a key must be plain text', fix: 'Write one word before the colon.' }
    if (key in map) return { at: keyAt, what: `“${key}” stands here twice`, fix: 'Leave one of them.' }
    const read = plainValue(value, depth + 1)
    if (!('value' in read)) return read
    map[key] = read.value
  }
  return { value: map }
}

export interface Entry {
  /** Undefined where it is no text. */
  readonly key: string | undefined
  readonly keyAt: number
  readonly value: Node | null
}

export function entriesOf(map: YAMLMap): Entry[] {
  return map.items.map((pair) => {
    const key = pair.key as Node | null
    const text = isScalar(key) && typeof key.value === 'string' ? key.value : undefined
    return { key: text, keyAt: key?.range?.[0] ?? 0, value: pair.value as Node | null }
  })
}

/** The deepest node on a path of keys and indexes that there is. */
export function nodeAt(node: Node, path: readonly PropertyKey[]): Node {
  let found: Node = node
  for (const step of path) {
    const next: Node | null | undefined = isMap(found)
      ? entriesOf(found).find(({ key }) => key === step)?.value
      : isSeq(found) && typeof step === 'number'
        ? (found.items[step] as Node | undefined)
        : undefined
    if (!next) return found
    found = next
  }
  return found
}
