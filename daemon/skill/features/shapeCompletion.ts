import type { CompletionItem } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import { nextLine, type Span } from '../document/fences.ts'
import type { Shape } from '../rules/shape.ts'

const kinds = { property: 10, value: 12 } as const

/** A line of YAML up to the key that it begins with; the indent counts the hyphens of list entries as blanks. */
const keyLine = /^([ \t]*(?:-[ \t]+)*)([\w-]+)[ \t]*:(?=\s|$)/
const begunKey = /^([ \t]*(?:-[ \t]+)*)[\w-]*$/
const begunValue = /^([ \t]*(?:-[ \t]+)*)([\w-]+)[ \t]*:[ \t]+[\w#.-]*$/

/** No more lines than this are looked at, above and below. */
const mostLines = 2000
/** Nor characters before the cursor for the word that is replaced. */
const longestWord = 200

/**
 * The keys and values that can stand at `offset` of a YAML document of this shape, by the indents of the lines around it: a document that is
 * being typed is seldom sound.
 */
export function shapeItems(document: SkillDocument, line: Span, offset: number, shape: Shape): CompletionItem[] {
  const { text } = document
  const before = text.slice(line.start, offset)
  const value = begunValue.exec(before)
  if (value) {
    const found = shapeAt(shape, [...keysAbove(text, line.start, value[1]!.length), value[2]!])
    const values = found?.kinds?.includes('boolean') ? ['true', 'false'] : (found?.values ?? [])
    return itemsFor(document, wordAround(text, line, offset), [...new Set(values)], (each) => ({
      kind: kinds.value,
      newText: each,
    }))
  }
  const key = begunKey.exec(before)
  if (!key) return []
  const indent = key[1]!.length
  const keys = shapeAt(shape, keysAbove(text, line.start, indent))?.keys ?? {}
  const present = keysBeside(text, line, indent)
  const hasColon = /^[\w-]*[ \t]*:/.test(text.slice(offset, line.end))
  const missing = Object.keys(keys).filter((each) => !present.has(each))
  return itemsFor(document, wordAround(text, line, offset), missing, (each) => {
    const { meaning, kinds: taken = [] } = keys[each]!
    const isNested = taken.every((kind) => kind === 'map' || kind === 'list') && taken.length > 0
    const colon = isNested ? ':' : ': '
    return {
      kind: kinds.property,
      newText: hasColon ? each : each + colon,
      ...(meaning === undefined ? {} : { documentation: meaning }),
    }
  })
}

function itemsFor(
  document: SkillDocument,
  replaced: Span,
  labels: readonly string[],
  item: (label: string) => Pick<CompletionItem, 'kind' | 'documentation'> & { readonly newText: string },
): CompletionItem[] {
  const range = document.rangeOf(replaced)
  return labels.map((label, index) => {
    const { newText, ...more } = item(label)
    return { label, ...more, sortText: String(index).padStart(2, '0'), textEdit: { range, newText } }
  })
}

function wordAround(text: string, line: Span, offset: number): Span {
  const before = text.slice(Math.max(line.start, offset - longestWord), offset)
  const start = offset - /[\w#.-]*$/.exec(before)![0].length
  return { start, end: offset + /^[\w#.-]*/.exec(text.slice(offset, line.end))![0].length }
}

/** The keys that a line with this indent lies below, the outermost first. */
function keysAbove(text: string, lineStart: number, indent: number): string[] {
  const keys: string[] = []
  let least = indent
  for (const line of linesAbove(text, lineStart)) {
    if (least === 0) break
    const key = keyLine.exec(line)
    if (!key || key[1]!.length >= least) continue
    keys.unshift(key[2]!)
    least = key[1]!.length
  }
  return keys
}

/** The keys with this indent in the same map as the line, which itself is left out. */
function keysBeside(text: string, line: Span, indent: number): Set<string> {
  const keys = new Set<string>()
  const take = (other: string) => {
    const key = keyLine.exec(other)
    if (key && key[1]!.length === indent) keys.add(key[2]!)
  }
  const beginsMap = (other: string) => /^[ \t]*-[ \t]/.test(other) && indentOf(other) === indent
  if (!beginsMap(text.slice(line.start, line.end))) {
    for (const other of linesAbove(text, line.start)) {
      if (isBelow(other, indent)) break
      take(other)
      if (beginsMap(other)) break
    }
  }
  for (const other of linesBelow(text, line.end)) {
    if (isBelow(other, indent) || beginsMap(other)) break
    take(other)
  }
  return keys
}

function indentOf(line: string): number {
  return /^[ \t]*(?:-[ \t]+)*/.exec(line)![0].length
}

/** The line ends a map with this indent. */
function isBelow(line: string, indent: number): boolean {
  return line.trim() !== '' && !line.trimStart().startsWith('#') && indentOf(line) < indent
}

function* linesAbove(text: string, from: number): Generator<string> {
  for (let at = from, seen = 0; at > 0 && seen < mostLines; seen++) {
    const start = at < 2 ? 0 : text.lastIndexOf('\n', at - 2) + 1
    yield text.slice(start, at)
    at = start
  }
}

function* linesBelow(text: string, lineEnd: number): Generator<string> {
  for (let at = nextLine(text, lineEnd), seen = 0; at < text.length && seen < mostLines; seen++) {
    const next = nextLine(text, at)
    yield text.slice(at, next)
    at = next
  }
}

/** The shape below these keys; a list counts as its entries. */
function shapeAt(shape: Shape, keys: readonly string[]): Shape | undefined {
  let found: Shape | undefined = shape
  for (const key of keys) {
    found = found?.keys?.[key]
    if (found?.items) found = found.items
  }
  return found
}
