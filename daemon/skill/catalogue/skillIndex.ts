import { placementOf } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import { SkillDocument } from '../document/document.ts'
import { type DocumentKind, isCatalogued, kindAt } from '../document/kinds.ts'
import type { Path } from '../document/location.ts'
import { all, type FileText, type Missing, type SkillWorkspace } from '../workspace.ts'
import type { Catalogue, FileRecord, ListingSum } from './catalogue.ts'
import { type Crawled, crawl, type FoundFile, type Root } from './crawl.ts'
import { Lookup } from './lookup.ts'
import { NameTable } from './nameTable.ts'
import { recordOf, skillFolder } from './record.ts'
import { type IndexStore, read, write } from './store.ts'
import { Turns } from './turns.ts'

/** Files larger than this are known by name only. */
const longest = 1_000_000
const atOnce = 16

/**
 * The catalogue of all roots, kept up to date by what it is told: it watches nothing. It holds a small record a file and no text. What is
 * asked for meanwhile is answered from what is known.
 */
export class SkillIndex implements Catalogue {
  readonly #workspace: SkillWorkspace
  readonly #home: Path | undefined
  /** As on the disk. */
  readonly #records = new Map<Path, FileRecord>()
  /** Of open documents; they hide what is on the disk. */
  readonly #open = new Map<Path, FileRecord>()
  /** What counts now. */
  readonly #lookup = new Lookup()
  readonly #names = new NameTable()
  readonly #listeners = new Set<() => void>()
  #complete = false
  #unsaved = false

  constructor(workspace: SkillWorkspace, home: Path | undefined) {
    this.#workspace = workspace
    this.#home = home
  }

  get complete(): boolean {
    return this.#complete
  }

  get age(): number {
    return this.#lookup.age
  }

  /** How many files are known. */
  get size(): number {
    return this.#records.size
  }

  /** Every file that is known on the disk, in order. */
  paths(): Path[] {
    return [...this.#records.keys()].sort()
  }

  /** Calls `listener` after each change, until the result is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Takes what an earlier run stored, so that there is an answer before the disk was looked at. */
  async restore(store: IndexStore): Promise<void> {
    const text = await store.load()
    const stored = text === undefined ? undefined : read(text, this.#names)
    if (!stored || this.#records.size > 0) return
    for (const record of stored.records) this.#set(record)
    this.#complete = stored.complete
    this.#changed(false)
  }

  /**
   * Looks through all roots. Files whose size and time are known are not read again. Broken off by `signal`, it leaves what it has
   * found so far, and is not complete. What it came across is returned; scripts are not remembered.
   */
  async refresh(roots: readonly Root[], signal: AbortSignal): Promise<Crawled> {
    const crawled = await crawl(this.#workspace, roots, signal)
    const { complete } = crawled
    if (signal.aborted) return crawled
    const files = crawled.files.filter(({ kind }) => isCatalogued(kind))
    const turns = new Turns()
    let changed = complete && this.#dropAllBut(files)
    for (let at = 0; at < files.length && !signal.aborted; at += atOnce) {
      const looking = files.slice(at, at + atOnce)
      const looked = await all(looking.map(({ path }) => this.#workspace.look(path, longest, this.#records.get(path))))
      for (const [index, { path, kind }] of looking.entries()) {
        changed = this.#take(path, kind, looked[index]!) || changed
      }
      await turns.next()
    }
    if (signal.aborted) return crawled
    const wasComplete = this.#complete
    this.#complete = complete
    if (changed || wasComplete !== complete) this.#changed(true)
    return crawled
  }

  /** Looks again at files and folders that appeared, changed or vanished. */
  async update(paths: readonly Path[], signal: AbortSignal): Promise<void> {
    let changed = false
    const again = new Set<Path>()
    for (const path of new Set(paths)) {
      const stat = await this.#workspace.stat(path)
      if (stat !== 'missing' && stat.type === 'file') {
        again.add(path)
        continue
      }
      for (const { path: known } of [...this.#lookup.inside(path), { path }]) {
        if (!this.#records.has(known)) continue
        if (stat === 'missing') changed = this.#delete(known) || changed
        else again.add(known)
      }
      if (stat === 'missing') continue
      const { files } = await crawl(this.#workspace, [{ path, type: 'folder' }], signal)
      for (const { path: found } of files) again.add(found)
    }
    for (const path of again) {
      if (signal.aborted) break
      const kind = kindAt(path)
      if (!isCatalogued(kind)) continue
      const looked = await this.#workspace.look(path, longest, this.#records.get(path))
      changed = this.#take(path, kind, looked) || changed
    }
    if (changed) this.#changed(true)
  }

  /** What an editor shows counts, whether it is saved or not. */
  opened(document: SkillDocument): void {
    const { path } = document
    if (path === undefined || document.kind === 'script') return
    const before = this.get(path)
    const record = recordOf(document, path, { size: 0, modified: 0 }, this.#home, this.#names)
    this.#open.set(path, record)
    this.#lookup.put(record)
    if (!isSame(before, record)) this.#changed(false)
  }

  /** From now on what is on the disk counts. */
  closed(path: Path): void {
    const open = this.#open.get(path)
    const saved = this.#records.get(path)
    this.#open.delete(path)
    if (saved) this.#lookup.put(saved)
    else this.#lookup.drop(path)
    if (open && !isSame(open, saved)) this.#changed(false)
  }

  /** Stores what is known, if it is more than what was stored. */
  async save(store: IndexStore): Promise<void> {
    if (!this.#unsaved) return
    this.#unsaved = false
    await store.save(write({ records: [...this.#records.values()], complete: this.#complete }))
  }

  get(path: Path): FileRecord | undefined {
    return this.#lookup.get(path)
  }

  ofKind(kind: DocumentKind): readonly FileRecord[] {
    return this.#lookup.ofKind(kind)
  }

  skills(name: string): readonly FileRecord[] {
    return this.#lookup.skills(name)
  }

  agents(name: string): readonly FileRecord[] {
    return this.#lookup.agents(name)
  }

  naming(name: string): readonly FileRecord[] {
    return this.#lookup.naming(name)
  }

  namespaces(): readonly string[] {
    return this.#lookup.namespaces()
  }

  linking(path: Path): readonly FileRecord[] {
    const placement = placementOf(path, this.#home)
    const own = placement && skillFolder(placement.root, path)
    return this.#lookup.linking(path, own)
  }

  described(description: string): readonly FileRecord[] {
    return this.#lookup.described(description)
  }

  twin(record: FileRecord, description: string): FileRecord | undefined {
    return this.#lookup.twin(record, description)
  }

  listing(client: ClientId, base: Path): ListingSum {
    return this.#lookup.listings.of(client, base)
  }

  /** What a look at a file brought; true if something changed. */
  #take(path: Path, kind: DocumentKind, looked: FileText | 'same' | Missing): boolean {
    if (looked === 'same') return false
    if (looked === 'missing') return this.#delete(path)
    const document = new SkillDocument({ path, kind, text: looked.text })
    this.#set(recordOf(document, path, looked, this.#home, this.#names))
    return true
  }

  #set(record: FileRecord): void {
    this.#records.set(record.path, record)
    if (!this.#open.has(record.path)) this.#lookup.put(record)
  }

  /** Forgets what is no longer there; true if something was. */
  #dropAllBut(files: readonly FoundFile[]): boolean {
    if (this.#records.size === 0) return false
    const found = new Set(files.map(({ path }) => path))
    const gone = [...this.#records.keys()].filter((path) => !found.has(path))
    for (const path of gone) this.#delete(path)
    return gone.length > 0
  }

  #delete(path: Path): boolean {
    if (!this.#open.has(path)) this.#lookup.drop(path)
    return this.#records.delete(path)
  }

  #changed(worthSaving: boolean): void {
    this.#unsaved ||= worthSaving
    for (const listener of [...this.#listeners]) listener()
  }
}

function isSame(one: FileRecord | undefined, other: FileRecord | undefined): boolean {
  return one?.hash === other?.hash && one?.length === other?.length
}
