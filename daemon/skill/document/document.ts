import type { Range } from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { type DynamicCommand, dynamicCommandsIn } from './commands.ts'
import { type Fences, findFences, lineEnd, longestData, longestFrontmatter, type Span, textStart } from './fences.ts'
import { type Inline, inlineSigns, inlinesIn } from './inlines.ts'
import { type JsonFault, jsonFaultIn } from './json.ts'
import { type KeyLine, keyLinesIn } from './keyLines.ts'
import { type DocumentKind, documentKind, isData, isMarkdown, kindAt, markdownKind } from './kinds.ts'
import { Lines } from './lines.ts'
import { type Path, parentOf, pathOf, uriOf } from './location.ts'
import { type Block, blocksIn } from './markdown.ts'
import { type Mention, mentionsIn, type NameMention, nameMentionsIn } from './mentions.ts'
import { folderOf, folderOfSkill } from './names.ts'
import { plainPairsIn } from './plainPairs.ts'
import { type InlinesByStart, type Remains, remainsOf, reused } from './reuse.ts'
import { type Entry, entryIn } from './value.ts'
import { type Variable, variablesIn } from './variables.ts'
import { parseYaml, type Yaml } from './yaml.ts'

export interface DocumentSource {
  readonly uri: string
  readonly languageId: string
  readonly version: number
  readonly text: string
}

/** A file as it lies on the disk. */
interface FileSource {
  readonly path: Path
  /** What it is, where that is known already. */
  readonly kind?: DocumentKind
  readonly text: string
}

const nothing: Yaml = { root: undefined, faults: [] }
const json = /\.json$/i

/**
 * One version of a text, read. It never changes; every part is read when it is first asked for and once. All spans are
 * offsets into `text`. Never throws, whatever the text is.
 */
export class SkillDocument {
  readonly languageId: string
  readonly version: number
  readonly text: string
  readonly kind: DocumentKind
  /** Where it lies; undefined for what is not on the disk. */
  readonly path: Path | undefined
  /** The name of the folder that holds a SKILL.md, which must be the skill's name; undefined for any other file. */
  readonly folder: string | undefined
  /** The line terminator that new lines should have. */
  readonly eol: '\n' | '\r\n'
  /** Where the frontmatter lies; undefined where there is none. */
  readonly fences: Fences | undefined
  /** The frontmatter is over `longestFrontmatter`, or the data over `longestData`, and was not read. */
  readonly tooLarge: boolean
  #uri: string | undefined
  #source: TextDocument | undefined
  #lines: Lines | undefined
  /** What rules have read out of it, each at a place of its own. */
  readonly facts: unknown[] = []
  #folderPath: Path | undefined
  #yaml: Yaml | undefined
  #isReadable: boolean | undefined
  #jsonFault: JsonFault | undefined | null = null
  #keyLines: readonly KeyLine[] | undefined
  #blocks: readonly Block[] | undefined
  #inlines: readonly Inline[] | undefined
  #stretches: InlinesByStart | undefined
  #remains: Remains | undefined
  #mentions: readonly Mention[] | undefined
  #nameMentions: readonly NameMention[] | undefined
  #variables: readonly Variable[] | undefined
  #commands: readonly DynamicCommand[] | undefined

  /** `before` is an earlier version of the same text: what did not change in it is not read again. */
  constructor(source: DocumentSource | FileSource, before?: SkillDocument) {
    const { text } = source
    this.text = text
    if ('uri' in source) {
      const { uri, languageId, version } = source
      this.languageId = languageId
      this.version = version
      this.kind = documentKind(uri, languageId, text) ?? 'markdown'
      this.path = pathOf(uri)
      this.folder = folderOf(uri)
      this.#uri = uri
    } else {
      const { path, kind: byPath = kindAt(path) ?? 'markdown' } = source
      const kind = byPath === 'markdown' ? markdownKind(path, text) : byPath
      this.languageId = ''
      this.version = 0
      this.kind = kind
      this.path = path
      this.folder = kind === 'skill' ? folderOfSkill(path) : undefined
    }
    this.eol = text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n'
    this.fences = isMarkdown(this.kind) ? findFences(text) : undefined
    this.tooLarge = this.fences
      ? length(this.fences.content) > longestFrontmatter
      : isData(this.kind) && text.length > longestData
    const stretches = before ? before.#stretches : undefined
    if (before && stretches) this.#remains = remainsOf(before.text, text, stretches)
    if (before && sameFrontmatter(before, this)) {
      this.#yaml = before.#yaml
      this.#keyLines = before.#keyLines
    }
  }

  get uri(): string {
    this.#uri ??= uriOf(this.path!)
    return this.#uri
  }

  /** Positions in lines and characters. */
  get source(): TextDocument {
    this.#source ??= TextDocument.create(this.uri, this.languageId, this.version, this.text)
    return this.#source
  }

  /** The frontmatter as YAML reads it; of a file that is YAML or JSON as a whole, all of it. */
  get yaml(): Yaml {
    this.#yaml ??= this.#readYaml()
    return this.#yaml
  }

  /** The frontmatter's top-level pairs, duplicates included. */
  get entries(): readonly Entry[] {
    return this.yaml.root?.entries ?? []
  }

  /** The frontmatter's keys as written; there even while the YAML is broken. */
  get keyLines(): readonly KeyLine[] {
    const { fences, tooLarge, text } = this
    this.#keyLines ??= !fences || tooLarge ? [] : keyLinesIn(text, fences.content)
    return this.#keyLines
  }

  /** What follows the frontmatter; all of a text without one. */
  get body(): Span {
    return this.fences?.body ?? { start: textStart(this.text), end: this.text.length }
  }

  get blocks(): readonly Block[] {
    this.#blocks ??= blocksIn(this.text, this.body)
    return this.#blocks
  }

  /** Links, code spans, tags and the like of all prose and headings, in order. */
  get inlines(): readonly Inline[] {
    this.#inlines ??= this.#readInlines()
    return this.#inlines
  }

  /** Every `$[namespace].skill` of the whole text: readers do not look whether it stands in code or in the frontmatter. */
  get mentions(): readonly Mention[] {
    this.#mentions ??= mentionsIn(this.text)
    return this.#mentions
  }

  /** What could be the name of a skill in the body: `/skill`, `$skill`. */
  get nameMentions(): readonly NameMention[] {
    this.#nameMentions ??= nameMentionsIn(this.text, this.body)
    return this.#nameMentions
  }

  get variables(): readonly Variable[] {
    this.#variables ??= variablesIn(this.text, this.body)
    return this.#variables
  }

  get commands(): readonly DynamicCommand[] {
    this.#commands ??= dynamicCommandsIn(this.text, this.body, this.blocks)
    return this.#commands
  }

  /** Whether `entries` are what the author wrote: closed, and no fault that makes YAML misread what follows. */
  get isReadable(): boolean {
    this.#isReadable ??= this.#isWhole() && this.yaml.faults.every((fault) => fault.type === 'duplicateKey')
    return this.#isReadable
  }

  #isWhole(): boolean {
    const { fences, tooLarge } = this
    return isData(this.kind)
      ? this.yaml.root !== undefined && this.jsonFault === undefined
      : fences?.close !== undefined && fences.before === undefined && !tooLarge
  }

  /** Why the text is not JSON, of a file that must be. */
  get jsonFault(): JsonFault | undefined {
    if (this.#jsonFault === null) {
      const { start, end } = this.body
      this.#jsonFault = isData(this.kind) && json.test(this.uri) ? jsonFaultIn(this.text, start, end) : undefined
    }
    return this.#jsonFault
  }

  /** The folder that the file's relative links start from; undefined for what is not on the disk. */
  get folderPath(): Path | undefined {
    this.#folderPath ??= this.path === undefined ? undefined : parentOf(this.path)
    return this.#folderPath
  }

  /** The first pair with this key. */
  entry(key: string): Entry | undefined {
    return entryIn(this.yaml.root, key)
  }

  /** What stands at `span`. */
  slice(span: Span): string {
    return this.text.slice(span.start, span.end)
  }

  /** `span` in lines and characters. */
  rangeOf(span: Span): Range {
    this.#lines ??= new Lines(this.text)
    return { start: this.#lines.positionAt(span.start), end: this.#lines.positionAt(span.end) }
  }

  /** The line that `offset` lies in, from its beginning, with no more than `longest` characters. */
  lineAt(offset: number, longest: number): string {
    this.#lines ??= new Lines(this.text)
    const start = this.#lines.startAt(offset)
    return this.text.slice(start, Math.min(lineEnd(this.text, start), start + longest))
  }

  /** The same document with another text. */
  withText(text: string, version = this.version): SkillDocument {
    return new SkillDocument({ uri: this.uri, languageId: this.languageId, version, text }, this)
  }

  #readInlines(): readonly Inline[] {
    const found: Inline[] = []
    for (const { inlines } of this.#inlinesByStart().values()) for (const inline of inlines) found.push(inline)
    return found
  }

  /** Of the stretches that are nothing but text there is none. */
  #inlinesByStart(): InlinesByStart {
    if (this.#stretches) return this.#stretches
    const stretches = new Map<number, { end: number; inlines: readonly Inline[] }>()
    const mayHold = inlineSigns(this.text)
    for (const block of this.blocks) {
      if (block.type !== 'prose' && block.type !== 'heading') continue
      const span = block.type === 'heading' ? block.title : block.span
      if (!mayHold(span)) continue
      const known = this.#remains && reused(this.#remains, span, this.text.length)
      stretches.set(span.start, { end: span.end, inlines: known ?? inlinesIn(this.text, span) })
    }
    this.#stretches = stretches
    this.#remains = undefined
    return stretches
  }

  #readYaml(): Yaml {
    if (this.tooLarge) return nothing
    if (this.fences) {
      const { content } = this.fences
      return plainPairsIn(this.text, content) ?? parseYaml(this.text, content, 'mapping')
    }
    if (!isData(this.kind)) return nothing
    const whole = { start: textStart(this.text), end: this.text.length }
    return parseYaml(this.text, whole, json.test(this.uri) ? 'anything' : 'mapping')
  }
}

/** Whether both have the same frontmatter at the same place. */
function sameFrontmatter(one: SkillDocument, other: SkillDocument): boolean {
  if (!one.fences || !other.fences || one.tooLarge || other.tooLarge || one.kind !== other.kind) return false
  const { start, end } = one.fences.content
  if (other.fences.content.start !== start || other.fences.content.end !== end) return false
  return one.text.slice(start, end) === other.text.slice(start, end)
}

function length({ start, end }: Span): number {
  return end - start
}
