import { type Entry, entryIn, type Value, type ValueKind } from '../document/value.ts'
import { count, kindInWords, lengthOf, listed, valueOrKey } from './entries.ts'
import { nearest } from './keyNames.ts'
import type { Hit } from './rule.ts'

/** What a value of YAML or JSON must be, as data. What is not said is not asked. */
export interface Shape {
  /** One of these; any where undefined. */
  readonly kinds?: readonly ValueKind[]
  /** The keys that a map may have. */
  readonly keys?: Readonly<Record<string, Shape>>
  /** Keys beside `keys` are taken; without it they are reported. */
  readonly open?: boolean
  readonly required?: readonly string[]
  /** What every member of a list, or every value of a map without `keys`, must be. */
  readonly items?: Shape
  /** The texts that there are. */
  readonly values?: readonly string[]
  readonly pattern?: RegExp
  /** The pattern in words, behind "is": "a colour such as `#1A2B3C`". */
  readonly words?: string
  readonly longest?: number
  /** What it is for, as sentences of Markdown; completion tells it. */
  readonly meaning?: string
  readonly least?: number
}

/** One way in which a value is not of its shape. */
export interface ShapeHit extends Hit {
  readonly trouble: 'kind' | 'unknownKey' | 'missingKey' | 'value' | 'pattern' | 'length'
  /** The keys that lead to it, joined with dots; a list's members are `[]`. */
  readonly at: string
}

export const text: Shape = { kinds: ['text'] }
export const flag: Shape = { kinds: ['boolean'] }
export const texts: Shape = { kinds: ['list'], items: text }
export const textOrTexts: Shape = { kinds: ['text', 'list'], items: text }
export const anything: Shape = {}

/** Where a value is not of the shape. `name` is what messages call it. */
export function shapeHits(value: Value, shape: Shape, name: string, key?: Entry): ShapeHit[] {
  return check(value, shape, name, '', key)
}

function check(value: Value, shape: Shape, name: string, at: string, entry: Entry | undefined): ShapeHit[] {
  const span = entry ? valueOrKey(entry) : value.span
  // What an alias stands for has been looked at where it is written.
  if (value.style === 'alias') return []
  if (shape.kinds && !shape.kinds.includes(value.kind)) {
    const message = `${name} must be ${inWords(shape.kinds)}, not ${kindInWords(value)}.`
    return [{ span, message, trouble: 'kind', at }]
  }
  return [
    ...(value.kind === 'text' ? textHits(value, shape, name, at, span) : []),
    ...(value.kind === 'number' && shape.least !== undefined && Number(value.scalar) < shape.least
      ? [{ span, message: `${name} is at least ${shape.least}.`, trouble: 'value' as const, at }]
      : []),
    ...(value.kind === 'map' ? mapHits(value, shape, name, at, entry) : []),
    ...(value.kind === 'list' && shape.items
      ? value.items.flatMap((item) => check(item, shape.items!, `An entry of ${name}`, `${at}[]`, undefined))
      : []),
  ]
}

function textHits(value: Value, shape: Shape, name: string, at: string, span: Hit['span']): ShapeHit[] {
  const { text } = value
  if (shape.values && !shape.values.includes(text)) {
    const near = nearest(text, shape.values) ?? shape.values.find((each) => each.toLowerCase() === text.toLowerCase())
    const message = `${name} is one of ${listed(shape.values)}.`
    return [{ span, message, trouble: 'value', at, ...(near === undefined ? {} : { data: { near } }) }]
  }
  if (shape.pattern && !shape.pattern.test(text))
    return [{ span, message: `${name} is ${shape.words}.`, trouble: 'pattern', at }]
  const length = shape.longest === undefined ? 0 : lengthOf(text)
  if (shape.longest === undefined || length <= shape.longest) return []
  const message = `${name} has ${count(length)} characters; at most ${count(shape.longest)} are allowed.`
  return [{ span, message, trouble: 'length', at }]
}

function mapHits(value: Value, shape: Shape, name: string, at: string, entry: Entry | undefined): ShapeHit[] {
  const { keys, items, required = [] } = shape
  const below = (key: string) => (at === '' ? key : `${at}.${key}`)
  const missing = required
    .filter((key) => !entryIn(value, key))
    .map((key): ShapeHit => {
      const span = entry?.keySpan ?? openingOf(value)
      return { span, message: `${name} has no \`${key}\`.`, trouble: 'missingKey', at: below(key) }
    })
  const inside = value.entries.flatMap((each): ShapeHit[] => {
    const known = keys ? keys[each.key] : items
    if (known) return check(each.value, known, `\`${each.key}\``, below(each.key), each)
    if (!keys) return []
    const near = nearest(each.key, Object.keys(keys)) ?? sameLetters(each.key, Object.keys(keys))
    if (near !== undefined && entryIn(value, near) === undefined) {
      const message = `${name} has no key \`${each.key}\`; did you mean \`${near}\`?`
      return [{ span: each.keySpan, message, trouble: 'unknownKey', at: below(each.key), data: { near } }]
    }
    if (shape.open) return []
    return [
      {
        span: each.keySpan,
        message: `${name} has no key \`${each.key}\`.`,
        trouble: 'unknownKey',
        at: below(each.key),
      },
    ]
  })
  return [...missing, ...inside]
}

/** A whole map marked would colour the file: its first character stands for it. */
function openingOf({ span, style, entries }: Value): Hit['span'] {
  if (style === 'flow' || entries.length === 0) return { start: span.start, end: Math.min(span.start + 1, span.end) }
  return entries[0]!.keySpan
}

function sameLetters(key: string, keys: readonly string[]): string | undefined {
  const letters = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, '')
  return keys.find((each) => each !== key && letters(each) === letters(key))
}

const nouns: Readonly<Record<ValueKind, string>> = {
  text: 'a string',
  empty: 'empty',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  map: 'a map',
  other: 'a value',
}

function inWords(kinds: readonly ValueKind[]): string {
  return kinds.map((kind) => nouns[kind]).join(' or ')
}
