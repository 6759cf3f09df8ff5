import { clients } from '../clients/clients.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Entry, Value, ValueKind } from '../document/value.ts'
import { type Profile, type ProfileId, profileIds, profiles } from './profiles.ts'
import type { Hit } from './rule.ts'

/** What rules call a document of this kind. */
export function nounOf({ kind }: SkillDocument): string {
  return kind === 'agent' ? 'agent' : kind === 'flatSkill' || kind === 'skill' ? 'skill' : 'file'
}

/** The first pair with `key`, if the frontmatter is sound enough to believe it. */
export function soundEntry(document: SkillDocument, key: string): Entry | undefined {
  return document.isReadable ? document.entry(key) : undefined
}

/** What `look` says of the first pair with `key`. */
export function hitOn(document: SkillDocument, key: string, look: (entry: Entry) => Hit | undefined): Hit[] {
  const entry = soundEntry(document, key)
  const hit = entry && look(entry)
  return hit ? [hit] : []
}

/** The entry's text where it is one and not blank. */
export function textOf(document: SkillDocument, key: string): (Entry & { readonly text: string }) | undefined {
  const entry = soundEntry(document, key)
  if (entry?.value.kind !== 'text') return undefined
  const { keySpan, value } = entry
  return value.text.trim() === '' ? undefined : { key, keySpan, value, text: value.text }
}

export function isMissing(document: SkillDocument, key: string): boolean {
  return document.isReadable && !document.entry(key)
}

export function isEmpty({ kind, text }: Value): boolean {
  return kind === 'empty' || (kind === 'text' && text.trim() === '')
}

/** Where to mark a value: itself, or its key where nothing is written. */
export function valueOrKey({ keySpan, value }: Entry): Hit['span'] {
  return value.span.end > value.span.start ? value.span : keySpan
}

const kinds: Record<ValueKind, string> = {
  text: 'a string',
  empty: 'nothing',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  map: 'a map',
  other: 'no plain text',
}

/** What YAML reads a value as, in words. */
export function kindInWords({ kind }: Value): string {
  return kinds[kind]
}

/** Characters as people count them, not UTF-16 units or bytes. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

/** A whole number as people write it. */
export function count(number: number): string {
  return number < 1000
    ? String(number)
    : `${count(Math.floor(number / 1000))},${String(number % 1000).padStart(3, '0')}`
}

/** The profiles of clients for which `test` holds. */
export function profilesWhere(test: (client: (typeof clients)[keyof typeof clients]) => boolean): ProfileId[] {
  return profileIds.filter((id) => {
    const { client }: Profile = profiles[id]
    return client !== undefined && test(clients[client])
  })
}

/** The clients among `ids` for people: "Codex, Cursor and VS Code". */
export function titlesOf(ids: readonly ProfileId[]): string {
  return listed(ids.map((id) => profiles[id].title))
}

export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
