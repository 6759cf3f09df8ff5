import type { Crawled, Root } from './catalogue/crawl.ts'
import { hashOf } from './catalogue/record.ts'
import { SkillIndex } from './catalogue/skillIndex.ts'
import type { IndexStore } from './catalogue/store.ts'
import { DiskView } from './diskView.ts'
import { type DocumentSource, SkillDocument } from './document/document.ts'
import { documentKind } from './document/kinds.ts'
import type { Path } from './document/location.ts'
import type { FeatureContext } from './features/feature.ts'
import { type Finding, findIn, type SeveritySettings } from './rules/findings.ts'
import { type ProfileId, profilesFor } from './rules/profiles.ts'
import type { DiskAtOnce, FileView, Missing, SkillWorkspace } from './workspace.ts'

export interface ServicePorts {
  readonly workspace: SkillWorkspace
  /** The same disk, where nothing else waits while it is asked: then one look at a document is enough. */
  readonly atOnce?: DiskAtOnce
  /** Where the index of the roots that `key` stands for is kept between starts; nowhere where undefined. */
  readonly store?: (key: string) => IndexStore
  readonly home: Path | undefined
}

export interface ServiceSettings {
  /** What everything is checked for; by where each file lies where undefined. */
  readonly profiles?: readonly ProfileId[]
  readonly severities: SeveritySettings
}

/** More rounds than this a check does not wait for the disk: a rule asks for what the answer before made it ask for. */
const mostRounds = 12
/** No document is read further than this. */
const longestDocument = 20_000_000

/**
 * The language service: open documents, the catalogue of all roots, and what is known of the disk. Everything is answered at once from what
 * is known; who shows it asks again after `settle` and after the catalogue has changed.
 */
export class SkillService {
  readonly index: SkillIndex
  settings: ServiceSettings = { severities: {} }
  readonly #ports: ServicePorts
  readonly #view: DiskView
  readonly #documents = new Map<string, SkillDocument>()
  readonly #unindexed = new Set<string>()
  readonly #files: FileView
  /** What fills the catalogue, first from an earlier run and then from the disk. */
  #looking: Promise<unknown> | undefined
  #context: FeatureContext | undefined
  /** How often an open document took the place of a file or of its earlier version. */
  #shown = 0

  constructor(ports: ServicePorts) {
    this.#ports = ports
    this.index = new SkillIndex(ports.workspace, ports.home)
    this.#view = new DiskView(ports.workspace, ports.atOnce)
    const ageOf = () => this.#view.age + this.#shown
    this.#files = {
      get age() {
        return ageOf()
      },
      real: (path) => this.#view.real(path),
      stat: (path) => this.#view.stat(path),
      list: (path) => this.#view.list(path),
      text: (path) => this.#openText(path) ?? this.#view.text(path),
    }
  }

  /** The open documents. */
  get documents(): Iterable<SkillDocument> {
    return this.#documents.values()
  }

  /** A version of a document that is open; the first opens it. */
  show(source: DocumentSource): SkillDocument {
    const before = this.#documents.get(source.uri)
    const document = new SkillDocument(source, before)
    this.#documents.set(source.uri, document)
    this.#shown++
    this.#unindexed.add(source.uri)
    return document
  }

  /** Takes what open documents say into the catalogue; left until it is asked for, because a keystroke waits for nothing. */
  catchUp(): void {
    for (const uri of this.#unindexed) {
      const document = this.#documents.get(uri)
      if (document) this.index.opened(document)
    }
    this.#unindexed.clear()
  }

  /** The document is no longer open. */
  hide(uri: string): void {
    this.#unindexed.delete(uri)
    const document = this.#documents.get(uri)
    this.#documents.delete(uri)
    this.#shown++
    if (document?.path !== undefined) this.index.closed(document.path)
  }

  /** The open document, if this is the version that is shown. */
  document(uri: string, version: number): SkillDocument | undefined {
    const document = this.#documents.get(uri)
    return document?.version === version ? document : undefined
  }

  /** What features know beside a document. */
  contextOf(document: SkillDocument): FeatureContext {
    this.catchUp()
    return this.#knownTo(this.#profilesOf(document))
  }

  /** What is known apart from any document. */
  get world(): FeatureContext {
    this.catchUp()
    return this.#knownTo(this.settings.profiles ?? ['spec'])
  }

  /** One for all documents that are checked for the same. */
  #knownTo(profiles: readonly ProfileId[]): FeatureContext {
    if (this.#context?.profiles !== profiles) {
      const { home } = this.#ports
      const read = (path: Path) => this.read(path)
      this.#context = { profiles, files: this.#files, catalogue: this.index, home, read }
    }
    return this.#context
  }

  #profilesOf(document: SkillDocument): readonly ProfileId[] {
    return (
      this.settings.profiles ?? profilesFor(document, this.#ports.home, (path) => this.index.get(path) !== undefined)
    )
  }

  /** A document as it is: open, or read from the disk. */
  async read(path: Path): Promise<SkillDocument | Missing> {
    for (const document of this.#documents.values()) if (document.path === path) return document
    const text = await this.#ports.workspace.read(path, longestDocument)
    if (text === 'missing') return 'missing'
    return new SkillDocument({ path, text })
  }

  /** What is wrong with a document as far as is known. */
  findings(document: SkillDocument): Finding[] {
    return findIn(document, this.#knownTo(this.#profilesOf(document)), this.settings.severities)
  }

  /** Rules have asked for something of the disk that is not known yet. */
  get hasQuestions(): boolean {
    return this.#view.hasQuestions
  }

  /** Fetches what rules have asked for; true if it is worth to ask again. */
  settle(): Promise<boolean> {
    return this.#view.load()
  }

  /** What is wrong with a document, once all that its rules ask for is known. */
  async allFindings(document: SkillDocument): Promise<Finding[]> {
    let found = this.findings(document)
    for (let round = 0; round < mostRounds && this.hasQuestions; round++) {
      await this.settle()
      found = this.findings(document)
    }
    return found
  }

  /** Looks through the roots and tells what it came across; answers meanwhile rest on what an earlier run stored. */
  async begin(roots: readonly Root[], signal: AbortSignal): Promise<Crawled> {
    const store = this.#ports.store?.(hashOf(JSON.stringify(roots)))
    if (store) {
      this.#looking = this.index.restore(store)
      await this.#looking
      if (signal.aborted) return { files: [], complete: false }
    }
    const looking = this.index.refresh(roots, signal)
    this.#looking = looking
    const crawled = await looking
    if (store && !signal.aborted) await this.index.save(store)
    return crawled
  }

  /** Resolves once the catalogue is complete, or all roots were looked through without that. */
  async filled(): Promise<void> {
    let waited: Promise<unknown> | undefined
    while (!this.index.complete && waited !== this.#looking) {
      waited = this.#looking
      await waited
    }
  }

  /** Files and folders appeared, changed or vanished. */
  async filesChanged(paths: readonly Path[], signal: AbortSignal): Promise<void> {
    this.#view.forget(paths)
    await this.index.update(paths, signal)
  }

  #openText(path: Path): string | undefined {
    for (const document of this.#documents.values()) if (document.path === path) return document.text
    return undefined
  }
}

/** Whether the service has something to say about a document. */
export function isServed({ uri, languageId }: Pick<DocumentSource, 'uri' | 'languageId'>): boolean {
  return documentKind(uri, languageId) !== undefined
}
