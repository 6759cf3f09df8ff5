import type { DocumentKind } from '../document/kinds.ts'
import type { ValueKind } from '../document/value.ts'
import { agentKeyTable } from './agentKeyTable.ts'
import type { ClientId } from './clientTable.ts'
import { ecosystemKeys, keyTable } from './keyTable.ts'

/** A frontmatter key of skills or agents. */
export interface SkillKey {
  readonly key: string
  /** agentskills.io/specification has it. */
  readonly specified?: boolean
  readonly required?: boolean
  /** Those that act on it; the others ignore it. */
  readonly clients: 'all' | readonly ClientId[]
  /** What a value may be, for any client. */
  readonly shapes: readonly ValueKind[]
  /** The same in words. */
  readonly type: string
  /** The most characters its text may have. */
  readonly longest?: number
  /** What the key means, in Markdown. */
  readonly meaning: string
  /** What a value must satisfy beyond its type and length, as sentences. */
  readonly constraints: readonly string[]
  /** Where a client differs, as sentences. */
  readonly notes?: Partial<Record<ClientId, string>>
  readonly example: string
  /** What completion writes as a value to type over, and what it puts between the colon and the value. */
  readonly placeholder: string
  readonly lead: ' ' | '\n  '
  /** Values worth offering; unless `closed`, any other is as good. */
  readonly values?: readonly { readonly value: string; readonly meaning: string }[]
  readonly closed?: boolean
  /** Those of the values that VS Code's own support offers. */
  readonly editorValues?: readonly string[]
  /** Other spellings that mean the same to its clients. */
  readonly spellings?: readonly string[]
  /** Misspellings that mean nothing to anybody. */
  readonly variants?: readonly string[]
  /** The key that has taken its place. */
  readonly deprecated?: string
  /** VS Code's own support for SKILL.md completes and explains the key. */
  readonly knownToEditor: boolean
}

/** The keys of skills, in the order in which authors write them. */
export const skillKeys = keyTable

/** The keys that documents of a kind have. */
export function keysOf(kind: DocumentKind): readonly SkillKey[] {
  if (kind === 'agent') return agentKeyTable
  return kind === 'skill' || kind === 'flatSkill' ? keyTable : []
}

/** What is known of a key of such a document, spelled as one of its clients takes it. */
export function keyOf(kind: DocumentKind, key: string): SkillKey | undefined {
  return keysOf(kind).find((known) => known.key === key || known.spellings?.includes(key))
}

const byKey = new Map(
  keyTable.flatMap((key) => [key.key, ...(key.spellings ?? [])].map((name) => [name, key] as const)),
)
const ecosystem = new Set(ecosystemKeys)
const normal = (key: string) => key.toLowerCase().replaceAll(/[-_.]/g, '')
const byNormal = new Map(
  keyTable.flatMap((key) => [key.key, ...(key.variants ?? [])].map((name) => [normal(name), key] as const)),
)

/** What is known of `key`, spelled as one of its clients takes it; undefined for a key that no client has. */
export function skillKey(key: string): SkillKey | undefined {
  return byKey.get(key)
}

/** The key that `key` is another spelling of: other capitals or separators, or a known misspelling. */
export function variantOf(key: string): SkillKey | undefined {
  return byKey.has(key) || ecosystem.has(key) ? undefined : byNormal.get(normal(key))
}

/** Whether authors write this key although no client acts on it. */
export function isEcosystemKey(key: string): boolean {
  return ecosystem.has(key)
}

/** Whether a client acts on a key. */
export function actsOn(client: ClientId, { clients }: SkillKey): boolean {
  return clients === 'all' || clients.includes(client)
}
