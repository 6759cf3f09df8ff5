import type { Scope } from '../clients/client.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { DocumentKind } from '../document/kinds.ts'
import type { Path } from '../document/location.ts'
import type { NameReference } from '../document/references.ts'

/** A name of a skill or an agent that stands in a file; files that say the same share one. Where it stands, only the file knows. */
export interface RecordedName {
  readonly of: NameReference['of']
  readonly form: NameReference['form']
  readonly namespace: string
  readonly name: string
  readonly called: boolean
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
  /** Each once. */
  readonly names: readonly RecordedName[]
  /** What its links lead to, each once; of a file in a skill's folder only what leads out of there. */
  readonly links: readonly Path[]
  /** Of the whole text, so that copies are known. */
  readonly hash: string
  /** In characters of the text. */
  readonly length: number
  /** In bytes. */
  readonly size: number
  readonly modified: number
}

/** How many skills a client lists, and what that costs in its unit. */
export interface ListingSum {
  readonly used: number
  readonly skills: number
}

/** Every file of every root that the service looks at, as of now. Unsaved editors count as they are. */
export interface Catalogue {
  /** All roots have been looked through. Until then what is not here may still exist. */
  readonly complete: boolean
  /** Grows whenever an answer may be another than before. */
  readonly age: number
  get(path: Path): FileRecord | undefined
  /** All files of a kind, in the order of their paths. */
  ofKind(kind: DocumentKind): readonly FileRecord[]
  /** Skills, flat ones included, that are called `name`, by their frontmatter or their folder. */
  skills(name: string): readonly FileRecord[]
  agents(name: string): readonly FileRecord[]
  /** Files in which something names a skill or an agent `name`. */
  naming(name: string): readonly FileRecord[]
  /** Files that may have a link to `path`, or into it where it is a folder: those that lie in the same skill's folder always may. */
  linking(path: Path): readonly FileRecord[]
  /** The namespaces of all mentions. */
  namespaces(): readonly string[]
  /** Skills with just this description. */
  described(description: string): readonly FileRecord[]
  /** The first other skill in the same folder of skills as `record` whose description has nearly the same words as this one. */
  twin(record: FileRecord, description: string): FileRecord | undefined
  /** What the listing of all skills costs in a client that is started in the project at `base`, without a look at which of one name wins. */
  listing(client: ClientId, base: Path): ListingSum
}

/** A catalogue of nothing, which never says that something is missing. */
export const noCatalogue: Catalogue = {
  complete: false,
  age: 0,
  get: () => undefined,
  ofKind: () => [],
  skills: () => [],
  agents: () => [],
  naming: () => [],
  linking: () => [],
  namespaces: () => [],
  described: () => [],
  twin: () => undefined,
  listing: () => ({ used: 0, skills: 0 }),
}
