import type { Span } from './fences.ts'
import type { Entry, Value } from './value.ts'
import type { Yaml } from './yaml.ts'

const letters = String.raw`\x20-\x7E\u00A1-\u1FFF\u2010-\u2027\u2030-\u205E\u2070-\uD7FF`
const line = new RegExp(`([A-Za-z_][\\w-]*): (?:([A-Za-z][${letters}]*)|"([${letters}]*)"|'([${letters}]*)')\n`, 'y')
const inDouble = /["\\]/
const inSingle = /'/
/** What YAML reads as no text, whatever its capitals, and some more. */
const noText = /^(?:null|true|false|yes|no|on|off|y|n|inf|nan)$/i

/**
 * Frontmatter that is nothing but lines of `key: value`, each a text: as YAML reads it, in a fiftieth of the time. undefined for
 * everything else, which is for `parseYaml`.
 */
export function plainPairsIn(text: string, content: Span): Yaml | undefined {
  const entries: Entry[] = []
  const keys = new Set<string>()
  let at = content.start
  let end = at
  while (at < content.end) {
    line.lastIndex = at
    const match = line.exec(text)
    if (!match || line.lastIndex > content.end) return undefined
    const [whole, key = '', plain, double, single] = match
    if (noText.test(key) || keys.has(key) || (plain !== undefined && !isPlain(plain))) return undefined
    if ((double !== undefined && inDouble.test(double)) || (single !== undefined && inSingle.test(single)))
      return undefined
    keys.add(key)
    const keySpan = { start: at, end: at + key.length }
    end = at + whole.length - 1
    const span = { start: keySpan.end + 2, end }
    const style = plain !== undefined ? 'plain' : double !== undefined ? 'double' : 'single'
    entries.push({ key, keySpan, value: readAs('text', span, style, plain ?? double ?? single ?? '', []) })
    at += whole.length
  }
  if (entries.length === 0) return undefined
  return { root: readAs('map', { start: content.start, end }, 'block', '', entries), faults: [] }
}

function isPlain(written: string): boolean {
  const last = written.charCodeAt(written.length - 1)
  if (last === 0x20 || last === 0x3a) return false
  return !written.includes(': ') && !written.includes(' #') && !noText.test(written)
}

function readAs(
  kind: 'text' | 'map',
  span: Span,
  style: Value['style'],
  text: string,
  entries: readonly Entry[],
): Value {
  return { kind, span, style, text, scalar: undefined, items: [], entries, anchor: undefined, tag: undefined }
}
