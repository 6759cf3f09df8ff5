import type { CompletionItem } from 'vscode-languageserver'
import type { FileRecord } from '../catalogue/catalogue.ts'
import { placementOf } from '../clients/clients.ts'
import { claudeVariables } from '../clients/tools.ts'
import { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { linkedName, type Path, resolveIn } from '../document/location.ts'
import { slugOf } from '../document/references.ts'
import type { Known } from './completion.ts'

const kinds = { skill: 3, module: 9, variable: 6, file: 17, folder: 19, reference: 18 } as const

/** What is being typed: the text before the offset ends in it, and `replaced` is what an item takes the place of. */
interface Typed {
  readonly match: RegExpExecArray
  readonly replaced: Span
}

type Offer = (document: SkillDocument, typed: Typed, known: Known) => CompletionItem[]

/** By what has been typed so far; the first that fits answers. Capture 1 is what is replaced. */
const offers: readonly { readonly typed: RegExp; readonly rest: RegExp; readonly offer: Offer }[] = [
  { typed: /\$\[([a-z0-9:-]*)$/, rest: /^[a-z0-9:-]*/, offer: namespaces },
  { typed: /\$\[[a-z0-9:-]+\]\.([a-z0-9_-]*)$/, rest: /^[a-z0-9_-]*/, offer: skillNames },
  { typed: /\$\{([A-Za-z_]*)$/, rest: /^[A-Za-z_]*\}?/, offer: bracedVariables },
  { typed: /(?:^|[\s"'`(])(\$[A-Za-z_][\w-]*|\$)$/, rest: /^[\w-]*/, offer: dollarNames },
  { typed: /(?:^|[\s"'`(])(\/[a-z0-9:-]*)$/, rest: /^[a-z0-9-]*/, offer: slashNames },
  { typed: /\]\((?:<)?([^()<>\s#]*)#([^()<>\s]*)$/, rest: /^/, offer: anchors },
  { typed: /\]\((?:<)?([^()<>\s#]*)$/, rest: /^[^()<>\s#/]*/, offer: paths },
  { typed: /(?:^|\s)@((?:~\/)?[\w./-]*)$/, rest: /^[\w.-]*/, offer: imports },
]

/** What can stand at `offset` in the body. */
export function bodyItems(
  document: SkillDocument,
  line: Span,
  offset: number,
  linksByEditor: boolean,
  known: Known,
): CompletionItem[] {
  const longest = 1000
  const before = document.text.slice(Math.max(line.start, offset - longest), offset)
  // In a Markdown file that is nobody's instructions a slash is a slash.
  const own = document.kind !== 'markdown' || isInSkill(document, known)
  for (const { typed, rest, offer } of own ? offers : offers.slice(0, 2)) {
    const match = typed.exec(before)
    if (!match) continue
    if (linksByEditor && ofLinks.includes(offer)) return []
    const after = rest.exec(document.text.slice(offset, Math.min(line.end, offset + longest)))?.[0].length ?? 0
    const start = offset - match[1]!.length
    return offer(document, { match, replaced: { start, end: offset + after } }, known)
  }
  return []
}

const ofLinks: readonly Offer[] = [anchors, paths]

/** A skill that can be named where a text ends. */
export interface NameOffer {
  readonly label: string
  readonly detail: string
  /** What is written, in the place of this many characters before the end. */
  readonly insert: string
  readonly replaces: number
}

const named: readonly Offer[] = [namespaces, skillNames, slashNames]
const mostNames = 50

/** The skills that can be named at the end of a text that is no document: a prompt that is being written. */
export function namesAtEnd(text: string, known: Known): NameOffer[] {
  const document = new SkillDocument({ uri: 'untitled:prompt', languageId: 'prompt', version: 0, text })
  for (const { typed, offer } of offers.filter((each) => named.includes(each.offer))) {
    const match = typed.exec(text)
    if (!match) continue
    const replaces = match[1]!.length
    const replaced = { start: text.length - replaces, end: text.length }
    const items = offer(document, { match, replaced }, known).slice(0, mostNames)
    return items.map(({ label, detail = '', textEdit }) => ({ label, detail, insert: textEdit!.newText, replaces }))
  }
  return []
}

function isInSkill({ path }: SkillDocument, { home }: Known): boolean {
  return path !== undefined && placementOf(path, home) !== undefined
}

function itemsFor(
  document: SkillDocument,
  replaced: Span,
  items: readonly (Pick<CompletionItem, 'label' | 'kind' | 'detail'> & { readonly newText: string })[],
): CompletionItem[] {
  const range = document.rangeOf(replaced)
  return items.map(({ newText, ...item }) => ({ ...item, filterText: newText, textEdit: { range, newText } }))
}

/** No more skills than this are looked at for one list; who types on is offered others. */
const mostSkills = 401

/** Skills that can be named in a word, each once: first those that begin with what is typed, then those that hold it. */
function matching(typed: string, ...lists: readonly (readonly FileRecord[])[]): FileRecord[] {
  const word = typed.toLowerCase()
  const seen = new Set<string>()
  const beginning: FileRecord[] = []
  const holding: FileRecord[] = []
  for (const list of lists) {
    for (const record of list) {
      if (beginning.length >= mostSkills) break
      const at = record.name.toLowerCase().indexOf(word)
      if (at < 0 || !/^\S+$/.test(record.name) || seen.has(record.name)) continue
      seen.add(record.name)
      if (at === 0) beginning.push(record)
      else if (holding.length < mostSkills) holding.push(record)
    }
  }
  return [...beginning, ...holding].slice(0, mostSkills)
}

function namespaces(document: SkillDocument, { replaced }: Typed, { catalogue }: Known): CompletionItem[] {
  const closed = document.text.startsWith(']', replaced.end)
  return itemsFor(
    document,
    replaced,
    catalogue.namespaces().map((label) => ({ label, kind: kinds.module, newText: closed ? label : `${label}].` })),
  )
}

function skillNames(document: SkillDocument, { match, replaced }: Typed, { catalogue }: Known): CompletionItem[] {
  return itemsFor(
    document,
    replaced,
    matching(match[1]!, catalogue.ofKind('skill')).map((record) => namedItem(record, '')),
  )
}

function namedItem({ name, description }: FileRecord, sign: string) {
  return { label: sign + name, kind: kinds.skill, detail: description.slice(0, 100), newText: sign + name }
}

function slashNames(document: SkillDocument, { match, replaced }: Typed, { catalogue }: Known): CompletionItem[] {
  const callable = matching(match[1]!.slice(1), catalogue.ofKind('skill'), catalogue.ofKind('flatSkill'))
  return itemsFor(
    document,
    replaced,
    callable.map((record) => namedItem(record, '/')),
  )
}

/** Arguments, and skills as Codex names them. */
function dollarNames(
  document: SkillDocument,
  { match, replaced }: Typed,
  { catalogue, profiles }: Known,
): CompletionItem[] {
  const declared = document.entry('arguments')?.value
  const names =
    declared?.kind === 'list' ? declared.items.map(({ text }) => text) : (declared?.text.split(/[\s,]+/) ?? [])
  const variables = [
    { name: 'ARGUMENTS', detail: 'all that was written behind the command' },
    { name: '0', detail: 'the first argument in Claude Code' },
    { name: '1', detail: 'the second argument in Claude Code, the first in opencode' },
    ...names.filter(Boolean).map((name) => ({ name, detail: 'an argument' })),
  ].map(({ name, detail }) => ({ label: `$${name}`, kind: kinds.variable, detail, newText: `$${name}` }))
  const codex = profiles.includes('codex') || document.kind === 'instructions'
  const skills = codex
    ? matching(match[1]!.slice(1), catalogue.ofKind('skill')).map((record) => namedItem(record, '$'))
    : []
  const takesArguments = document.kind === 'skill' || document.kind === 'flatSkill'
  return itemsFor(document, replaced, [...(takesArguments ? variables : []), ...skills])
}

function bracedVariables(document: SkillDocument, { replaced }: Typed): CompletionItem[] {
  return itemsFor(
    document,
    replaced,
    claudeVariables.map(({ name, meaning }) => ({
      label: name,
      kind: kinds.variable,
      detail: meaning,
      newText: `${name}}`,
    })),
  )
}

/** Files and folders beside the document, level by level. */
function paths(document: SkillDocument, { match, replaced }: Typed, { files }: Known): CompletionItem[] {
  const { folderPath } = document
  if (folderPath === undefined || /^[a-z][a-z0-9+.-]*:/i.test(match[1]!)) return []
  return within(document, match[1]!, replaced, resolveIn(folderPath, folderPart(match[1]!)), files)
}

function imports(document: SkillDocument, { match, replaced }: Typed, { files, home }: Known): CompletionItem[] {
  const written = match[1]!
  if (document.kind !== 'instructions' || document.folderPath === undefined) return []
  const from = written.startsWith('~/')
    ? home && resolveIn(home, folderPart(written.slice(2)))
    : resolveIn(document.folderPath, folderPart(written))
  return from === undefined ? [] : within(document, written, replaced, from, files)
}

/** What lies in `folder`, as the last part of a path that is being written. */
function within(
  document: SkillDocument,
  written: string,
  replaced: Span,
  folder: Path,
  files: Known['files'],
): CompletionItem[] {
  const items = files.list(folder)
  if (items === undefined || items === 'missing') return []
  const begun = folderPart(written).length
  const last = { start: replaced.start + begun, end: replaced.end }
  const hidden = written.slice(begun).startsWith('.')
  return itemsFor(
    document,
    last,
    items
      .filter(
        ({ name, type }) =>
          type !== 'link' && (hidden || !name.startsWith('.')) && `${folder}/${name}` !== document.path,
      )
      .map(({ name, type }) => {
        const newText = linkedName(name) + (type === 'folder' ? '/' : '')
        return {
          label: type === 'folder' ? `${name}/` : name,
          kind: type === 'folder' ? kinds.folder : kinds.file,
          newText,
        }
      }),
  )
}

function folderPart(written: string): string {
  return written.slice(0, written.lastIndexOf('/') + 1)
}

/** The headings of the linked file. */
function anchors(document: SkillDocument, { match, replaced }: Typed): CompletionItem[] {
  if (match[1] !== '') return []
  const headings = document.blocks.filter((block) => block.type === 'heading')
  const start = replaced.end - match[2]!.length
  return itemsFor(
    document,
    { start, end: replaced.end },
    headings.map(({ title }) => {
      const text = document.slice(title)
      return { label: text, kind: kinds.reference, newText: slugOf(text) }
    }),
  )
}
