import type { DocumentKind } from '../document/kinds.ts'
import { nameIn, type Path, parentOf } from '../document/location.ts'
import type { FileRecord } from './catalogue.ts'
import { Late } from './late.ts'
import { LinkTargets } from './linkTargets.ts'
import { ListingSums } from './listingSums.ts'
import { RecordsBy } from './recordsBy.ts'
import { insertInto, recordsInside, removeFrom } from './sortedRecords.ts'
import { TwinRecords, twinAmong } from './twinRecords.ts'

const none: readonly FileRecord[] = []
/** So many looks at all descriptions cost as much as the table of their words. */
const mostLooks = 8

/**
 * Records by what is asked for, each list in the order of paths. One record changes without a look at the others; a table is made for the
 * first who needs it, so that a start waits for none.
 */
export class Lookup {
  readonly #records = new Map<Path, FileRecord>()
  #age = 0
  readonly #kinds = new Map<DocumentKind, FileRecord[]>()
  readonly #all = () => this.#records.values()
  readonly #onlySkills = () => this.ofKind('skill')
  readonly #names = new Late(() => new RecordsBy(namesOf), this.#all)
  readonly #agents = new Late(
    () => new RecordsBy(({ name }) => [name]),
    () => this.ofKind('agent'),
  )
  readonly #naming = new Late(() => new RecordsBy(namedIn), this.#all)
  readonly #namespaces = new Late(() => new RecordsBy(namespacesOf), this.#all)
  readonly #links = new Late(() => new LinkTargets(), this.#all)
  readonly #listings = new Late(() => new ListingSums(), this.#onlySkills)
  readonly #described = new Late(() => new RecordsBy(({ description }) => [description]), this.#onlySkills)
  readonly #twins = new Late(() => new TwinRecords(this.#onlySkills()), this.#onlySkills)

  /** Who asked for its twin first, and how often: an editor begins with one document, and does not wait for the table of all. */
  #firstTwin: Path | undefined
  #looks = 0

  /** Grows with each change. */
  get age(): number {
    return this.#age
  }

  get(path: Path): FileRecord | undefined {
    return this.#records.get(path)
  }

  ofKind(kind: DocumentKind): readonly FileRecord[] {
    return this.#kinds.get(kind) ?? none
  }

  skills(name: string): readonly FileRecord[] {
    return this.#names.table.get(name)
  }

  agents(name: string): readonly FileRecord[] {
    return this.#agents.table.get(name)
  }

  naming(name: string): readonly FileRecord[] {
    return this.#naming.table.get(name)
  }

  namespaces(): readonly string[] {
    return this.#namespaces.table.keys()
  }

  /** All that lies in a folder, in no order. */
  inside(folder: Path): FileRecord[] {
    return [...this.#kinds.values()].flatMap((list) => recordsInside(list, folder))
  }

  /** All that lies in a folder, or has a link to `path` or into it, each once. */
  linking(path: Path, folder: Path | undefined): FileRecord[] {
    const found = new Set(folder === undefined ? [] : this.inside(folder))
    for (const record of this.#links.table.leadingTo(path)) found.add(record)
    return [...found].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  described(description: string): readonly FileRecord[] {
    return this.#described.table.get(description)
  }

  twin(record: FileRecord, description: string): FileRecord | undefined {
    if (!this.#twins.isMade) {
      this.#firstTwin ??= record.path
      if (record.path === this.#firstTwin && this.#looks++ < mostLooks) {
        return twinAmong(this.#onlySkills(), record, description)
      }
    }
    if (this.#twins.table.isOutgrown) this.#twins.forget()
    return this.#twins.table.of(record, description)
  }

  get listings(): Pick<ListingSums, 'of'> {
    return this.#listings.table
  }

  /** Takes the place of what was known of the same path. */
  put(record: FileRecord): void {
    this.drop(record.path)
    this.#age++
    this.#records.set(record.path, record)
    const list = this.#kinds.get(record.kind)
    if (list) insertInto(list, record)
    else this.#kinds.set(record.kind, [record])
    for (const table of this.#tablesOf(record)) table.add(record)
  }

  drop(path: Path): void {
    const record = this.#records.get(path)
    if (!record) return
    this.#age++
    this.#records.delete(path)
    removeFrom(this.#kinds.get(record.kind)!, path)
    for (const table of this.#tablesOf(record)) table.remove(record)
  }

  #tablesOf({ kind }: FileRecord): readonly Pick<Late<ListingSums>, 'add' | 'remove'>[] {
    if (kind === 'skill') return this.#ofSkills
    return kind === 'agent' ? this.#ofAgents : this.#ofAny
  }

  readonly #ofAny = [this.#names, this.#naming, this.#namespaces, this.#links]
  readonly #ofAgents = [...this.#ofAny, this.#agents]
  readonly #ofSkills = [...this.#ofAny, this.#listings, this.#described, this.#twins]
}

/** What a skill can be called by. */
function namesOf({ kind, name, path }: FileRecord): readonly string[] {
  if (kind !== 'skill') return kind === 'flatSkill' ? [name] : []
  const folder = nameIn(parentOf(path))
  return folder === name ? [name] : [name, folder]
}

/** What it names, each once. */
function namedIn({ names }: FileRecord): readonly string[] {
  return names.length < 2 ? names.map(({ name }) => name) : [...new Set(names.map(({ name }) => name))]
}

function namespacesOf({ names }: FileRecord): readonly string[] {
  const found: string[] = []
  for (const { form, namespace } of names) {
    if (form === 'namespaced' && !found.includes(namespace)) found.push(namespace)
  }
  return found
}
