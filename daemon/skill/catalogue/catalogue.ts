import type { Scope } from '../clients/client.ts'
import type { DocumentKind } from '../document/kinds.ts'
import type { Path } from '../document/location.ts'

/** A place in a file that names a skill. */
interface RecordedMention {
  /** `$[namespace].skill`, `/skill` or `$skill`. */
  readonly form: 'namespaced' | 'slash' | 'dollar'
  /** The segments joined by colons; empty for the other forms. */
  readonly namespace: string
  readonly skill: string
  readonly start: number
  readonly end: number
}

/** What is remembered of a file: enough for names, mentions and links, never its text. */
export interface FileRecord {
  readonly path: Path
  readonly kind: DocumentKind
  /** As written in the frontmatter, or else by the file's or folder's name; empty for a file that has none. */
  readonly name: string
  readonly description: string
  /** The folder of skills that it lies in, such as `.claude/skills`; undefined outside of all. */
  readonly folder: string | undefined
  readonly scope: Scope | undefined
  readonly mentions: readonly RecordedMention[]
  /** Of the whole text, so that copies are known. */
  readonly hash: string
  /** In bytes. */
  readonly size: number
  readonly modified: number
}

/** Every file of every root that the service looks at, as of now. */
export interface Catalogue {
  /** All roots have been looked through. Until then what is not here may still exist. */
  readonly complete: boolean
  get(path: Path): FileRecord | undefined
  /** All files of a kind, in the order of their paths. */
  ofKind(kind: DocumentKind): readonly FileRecord[]
  /** Skills, flat ones included, that are called `name`. */
  skills(name: string): readonly FileRecord[]
  agents(name: string): readonly FileRecord[]
}

/** A catalogue of nothing, which never says that something is missing. */
export const noCatalogue: Catalogue = {
  complete: false,
  get: () => undefined,
  ofKind: () => [],
  skills: () => [],
  agents: () => [],
}
