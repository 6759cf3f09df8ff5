import { type Entry, entryIn, type Value } from '../document/value.ts'
import { kindInWords, valueOrKey } from './entries.ts'
import { nearest } from './keyNames.ts'
import type { Hit } from './rule.ts'

const keys = [
  'emoji',
  'homepage',
  'os',
  'always',
  'skillKey',
  'primaryEnv',
  'requires',
  'install',
  'cliHelp',
  'envVars',
  'nix',
  'config',
  'links',
  'author',
  'dependencies',
]
const systems = ['darwin', 'linux', 'win32']
const requirements = ['bins', 'anyBins', 'env', 'config']
const kinds = ['brew', 'node', 'go', 'uv', 'download', 'npm', 'pip', 'apt']

/** Where `metadata.openclaw`, or one of its older names, is not what OpenClaw reads. JSON in a string is taken as well. */
export function openclawHits(metadata: Value | undefined): Hit[] {
  const entry = ['openclaw', 'clawdbot', 'clawdis']
    .map((key) => entryIn(metadata, key))
    .find((found) => found !== undefined)
  if (!entry || entry.value.kind === 'text' || entry.value.kind === 'empty') return []
  if (entry.value.kind !== 'map') return [wrong(entry, 'a map')]
  return entry.value.entries.flatMap((each): Hit[] => {
    if (!keys.includes(each.key)) {
      const near = nearest(each.key, keys)
      return near
        ? [{ span: each.keySpan, message: `OpenClaw knows no \`${each.key}\`; did you mean \`${near}\`?` }]
        : []
    }
    return shapes[each.key]?.(each) ?? []
  })
}

const shapes: Readonly<Record<string, (entry: Entry) => Hit[]>> = {
  always: (entry) => (entry.value.kind === 'boolean' ? [] : [wrong(entry, 'true or false')]),
  os: (entry) => {
    if (entry.value.kind !== 'list') return [wrong(entry, 'a list')]
    return entry.value.items
      .filter(({ text }) => !systems.includes(text))
      .map(({ span }) => ({ span, message: `A system is one of ${systems.join(', ')}.` }))
  },
  requires: (entry) => {
    if (entry.value.kind !== 'map') return [wrong(entry, 'a map')]
    return entry.value.entries.flatMap((each): Hit[] => {
      if (!requirements.includes(each.key))
        return [{ span: each.keySpan, message: `OpenClaw asks for ${requirements.join(', ')} only.` }]
      return each.value.kind === 'list' ? [] : [wrong(each, 'a list')]
    })
  },
  install: (entry) => {
    if (entry.value.kind !== 'list') return [wrong(entry, 'a list')]
    return entry.value.items.flatMap((item): Hit[] => {
      const kind = entryIn(item, 'kind')
      if (!kind) return [{ span: item.span, message: 'A way to install has a `kind`.' }]
      if (kinds.includes(kind.value.text)) return []
      return [{ span: valueOrKey(kind), message: `A kind is one of ${kinds.join(', ')}.` }]
    })
  },
}

function wrong(entry: Entry, expected: string): Hit {
  return {
    span: valueOrKey(entry),
    message: `\`${entry.key}\` is ${expected}, but YAML reads this as ${kindInWords(entry.value)}.`,
  }
}
