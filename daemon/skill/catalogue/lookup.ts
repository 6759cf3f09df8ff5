import type { DocumentKind } from '../document/kinds.ts'
import { nameIn, type Path, parentOf } from '../document/location.ts'
import type { FileRecord } from './catalogue.ts'

const none: readonly FileRecord[] = []

/** Records by what is asked for, each list in the order of paths. One record changes without a look at the others. */
export class Lookup {
  readonly #records = new Map<Path, FileRecord>()
  readonly #kinds = new Map<DocumentKind, FileRecord[]>()
  readonly #skills = new Map<string, FileRecord[]>()
  readonly #agents = new Map<string, FileRecord[]>()
  readonly #naming = new Map<string, FileRecord[]>()
  readonly #namespaces = new Map<string, FileRecord[]>()

  get(path: Path): FileRecord | undefined {
    return this.#records.get(path)
  }

  records(): Iterable<FileRecord> {
    return this.#records.values()
  }

  ofKind(kind: DocumentKind): readonly FileRecord[] {
    return this.#kinds.get(kind) ?? none
  }

  skills(name: string): readonly FileRecord[] {
    return this.#skills.get(name) ?? none
  }

  agents(name: string): readonly FileRecord[] {
    return this.#agents.get(name) ?? none
  }

  naming(name: string): readonly FileRecord[] {
    return this.#naming.get(name) ?? none
  }

  namespaces(): readonly string[] {
    return [...this.#namespaces.keys()].sort()
  }

  /** Takes the place of what was known of the same path. */
  put(record: FileRecord): void {
    this.drop(record.path)
    this.#records.set(record.path, record)
    this.#each(record, insert)
  }

  drop(path: Path): void {
    const record = this.#records.get(path)
    if (!record) return
    this.#records.delete(path)
    this.#each(record, remove)
  }

  #each(record: FileRecord, change: <K>(lists: Map<K, FileRecord[]>, key: K, record: FileRecord) => void): void {
    const { kind } = record
    change(this.#kinds, kind, record)
    if (kind === 'skill' || kind === 'flatSkill') for (const name of namesOf(record)) change(this.#skills, name, record)
    if (kind === 'agent') change(this.#agents, record.name, record)
    const named = new Set(record.names.map(({ name }) => name))
    for (const name of named) change(this.#naming, name, record)
    const namespaces = new Set(
      record.names.filter(({ form }) => form === 'namespaced').map(({ namespace }) => namespace),
    )
    for (const namespace of namespaces) change(this.#namespaces, namespace, record)
  }
}

/** What a skill can be called by. */
function namesOf({ kind, name, path }: FileRecord): Set<string> {
  return new Set(kind === 'skill' ? [name, nameIn(parentOf(path))] : [name])
}

function insert<K>(lists: Map<K, FileRecord[]>, key: K, record: FileRecord): void {
  const list = lists.get(key)
  if (!list) lists.set(key, [record])
  else list.splice(placeIn(list, record.path), 0, record)
}

function remove<K>(lists: Map<K, FileRecord[]>, key: K, record: FileRecord): void {
  const list = lists.get(key)
  if (!list) return
  const at = placeIn(list, record.path)
  if (list[at]?.path === record.path) list.splice(at, 1)
  if (list.length === 0) lists.delete(key)
}

/** Where `path` is in a list, or would be. */
function placeIn(list: readonly FileRecord[], path: Path): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle]!.path < path) low = middle + 1
    else high = middle
  }
  return low
}
