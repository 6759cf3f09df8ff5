import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import type { Span } from './fences.ts'

/** What YAML reads a value as. `empty` is YAML's null; `other` is a tagged or aliased value of no plain kind. */
export type ValueKind = 'text' | 'empty' | 'number' | 'boolean' | 'list' | 'map' | 'other'

/** A value of YAML or JSON, with where it stands. */
export interface Value {
  readonly kind: ValueKind
  /** Quotes, brackets and block header included, without trailing space; empty where nothing is written. */
  readonly span: Span
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded' | 'flow' | 'block' | 'alias'
  /** The text of a `text` value, otherwise ''. */
  readonly text: string
  /** What a `number` or `boolean` is. */
  readonly scalar: number | boolean | undefined
  /** The members of a `list`. Those of an alias are not followed: it may be a bomb. */
  readonly items: readonly Value[]
  /** The pairs of a `map`, duplicates included; pairs whose key is no text are left out. */
  readonly entries: readonly Entry[]
  /** The name of the anchor that it has, or, for an alias, points to. */
  readonly anchor: string | undefined
  /** An explicit tag as written, such as `!!str`. */
  readonly tag: string | undefined
}

export interface Entry {
  readonly key: string
  readonly keySpan: Span
  readonly value: Value
}

/** Deeper than this a value is seen, but not what is in it. */
const deepest = 24

/** Where offsets of the parsed text lie in the document. */
export type At = (start: number, end: number) => Span

/** The value of a node, as deep as `deepest`. Without recursion into aliases, so its cost is bounded by the text. */
export function readValue(node: Node, source: string, at: At): Value {
  const anchors = new Map<string, Node>()
  const build = (written: Node | null, empty: number, depth: number): Value => {
    const [start, end] = written?.range ?? [empty, empty]
    const length = source.slice(start, end).trimEnd().length
    const value = isAlias(written) ? anchors.get(written.source) : written
    const anchor = isAlias(written) ? written.source : written && 'anchor' in written ? written.anchor : undefined
    if (anchor !== undefined && written && !isAlias(written)) anchors.set(anchor, written)
    const deeper = depth < deepest && !isAlias(written)
    const scalar = isScalar(value) ? value.value : undefined
    return {
      kind: kindOf(value),
      span: at(start, start + length),
      style: styleOf(written),
      text: typeof scalar === 'string' ? scalar : '',
      scalar: typeof scalar === 'number' || typeof scalar === 'boolean' ? scalar : undefined,
      items: deeper && isSeq(value) ? value.items.map((item) => build(item as Node | null, end, depth + 1)) : [],
      entries: deeper && isMap(value) ? value.items.flatMap((pair) => entryOf(pair, depth)) : [],
      anchor,
      tag: isAlias(written) ? undefined : tagOf(written, source),
    }
  }
  const entryOf = ({ key, value }: Pair, depth: number): Entry[] => {
    if (!isScalar(key) || typeof key.value !== 'string' || !key.range) return []
    const keySpan = at(key.range[0], key.range[1])
    return [{ key: key.value, keySpan, value: build(value as Node | null, key.range[1], depth + 1) }]
  }
  return build(node, 0, 0)
}

/** The first pair with this key. */
export function entryIn(value: Pick<Value, 'entries'> | undefined, key: string): Entry | undefined {
  return value?.entries.find((entry) => entry.key === key)
}

function kindOf(value: Node | null | undefined): ValueKind {
  if (value === undefined) return 'other'
  if (value === null) return 'empty'
  if (isMap(value)) return 'map'
  if (isSeq(value)) return 'list'
  if (!isScalar(value)) return 'other'
  if (value.value === null) return 'empty'
  const kinds: Record<string, ValueKind> = { string: 'text', number: 'number', bigint: 'number', boolean: 'boolean' }
  return kinds[typeof value.value] ?? 'other'
}

const styles: Record<string, Value['style']> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
}

function styleOf(node: Node | null): Value['style'] {
  if (isAlias(node)) return 'alias'
  if (isMap(node) || isSeq(node)) return node.flow ? 'flow' : 'block'
  return (isScalar(node) && node.type && styles[node.type]) || 'plain'
}

function tagOf(node: Node | null, source: string): string | undefined {
  if (!node?.tag || !node.range) return undefined
  const before = source.slice(Math.max(0, node.range[0] - 200), node.range[0])
  return /(![^\s,[\]{}]*)[ \t]+(?:&\S+[ \t]+)?$/.exec(before)?.[1]
}
