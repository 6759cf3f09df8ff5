import type { DocumentKind } from '../document/kinds.ts'
import { nameIn, type Path, parentOf } from '../document/location.ts'
import { AlikeRecords } from './alikeRecords.ts'
import type { FileRecord } from './catalogue.ts'
import { LinkTargets } from './linkTargets.ts'
import { ListingSums } from './listingSums.ts'
import { insertInto, recordsInside, removeFrom } from './sortedRecords.ts'

const none: readonly FileRecord[] = []

/** Records by what is asked for, each list in the order of paths. One record changes without a look at the others. */
export class Lookup {
  readonly #records = new Map<Path, FileRecord>()
  readonly #kinds = new Map<DocumentKind, FileRecord[]>()
  readonly #skills = new Map<string, FileRecord[]>()
  readonly #agents = new Map<string, FileRecord[]>()
  readonly #naming = new Map<string, FileRecord[]>()
  readonly #namespaces = new Map<string, FileRecord[]>()
  readonly #links = new LinkTargets()
  readonly #listings = new ListingSums()
  /** Only what compares descriptions needs them, so they are made for the first of these. */
  #described: Map<string, FileRecord[]> | undefined
  #alike: AlikeRecords | undefined

  get(path: Path): FileRecord | undefined {
    return this.#records.get(path)
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

  /** All that lies in a folder, or has a link to `path` or into it, each once. */
  linking(path: Path, folder: Path | undefined): FileRecord[] {
    const inside = folder === undefined ? [] : [...this.#kinds.values()].flatMap((list) => recordsInside(list, folder))
    const found = new Set([...inside, ...this.#links.leadingTo(path)])
    return [...found].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  described(description: string): readonly FileRecord[] {
    if (!this.#described) {
      this.#described = new Map()
      for (const record of this.ofKind('skill')) insert(this.#described, record.description, record)
    }
    return this.#described.get(description) ?? none
  }

  alike(record: FileRecord, most: number): readonly FileRecord[] {
    if (!this.#alike) {
      this.#alike = new AlikeRecords()
      for (const each of this.ofKind('skill')) this.#alike.add(each)
    }
    return this.#alike.of(record, most)
  }

  get listings(): Pick<ListingSums, 'of'> {
    return this.#listings
  }

  /** Takes the place of what was known of the same path. */
  put(record: FileRecord): void {
    this.drop(record.path)
    this.#records.set(record.path, record)
    this.#each(record, insert)
    this.#links.add(record)
    if (record.kind !== 'skill') return
    this.#listings.add(record)
    if (this.#described) insert(this.#described, record.description, record)
    this.#alike?.add(record)
  }

  drop(path: Path): void {
    const record = this.#records.get(path)
    if (!record) return
    this.#records.delete(path)
    this.#each(record, remove)
    this.#links.remove(record)
    if (record.kind !== 'skill') return
    this.#listings.remove(record)
    if (this.#described) remove(this.#described, record.description, record)
    this.#alike?.remove(record)
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
  if (list) insertInto(list, record)
  else lists.set(key, [record])
}

function remove<K>(lists: Map<K, FileRecord[]>, key: K, record: FileRecord): void {
  const list = lists.get(key)
  if (!list) return
  removeFrom(list, record.path)
  if (list.length === 0) lists.delete(key)
}
