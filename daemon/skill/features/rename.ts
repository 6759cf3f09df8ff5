import type { Position, Range, RenameFile, TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import {
  isInside,
  linkedName,
  nameIn,
  type Path,
  parentOf,
  relativeTo,
  resolveIn,
  uriOf,
} from '../document/location.ts'
import { isSkillName } from '../document/names.ts'
import { fileReferencesIn } from '../document/references.ts'
import { writeName } from '../fixes/edits.ts'
import type { EditSupport } from './codeActions.ts'
import type { FeatureContext } from './feature.ts'
import { wantedAt } from './references.ts'
import { ownName, thingAt } from './thing.ts'
import { usagesOf, type Wanted, wanted } from './usages.ts'

/** Why something cannot be renamed, in a sentence. */
export interface Refusal {
  readonly type: 'refusal'
  readonly reason: string
}

interface Change {
  readonly document: SkillDocument
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The name at `position`, if it can be renamed. */
export function prepareRename(
  document: SkillDocument,
  position: Position,
  context: FeatureContext,
): { range: Range; placeholder: string } | undefined {
  const thing = thingAt(document, document.source.offsetAt(position), context)
  if (thing?.type === 'self') return { range: document.rangeOf(thing.span), placeholder: thing.name }
  if (thing?.type !== 'name' || thing.targets.length === 0) return undefined
  return { range: document.rangeOf(thing.reference.nameSpan), placeholder: thing.reference.name }
}

/**
 * Renames the skill or agent at `position`: its `name`, every name and link that means it, and its folder or file, in one edit. Renaming back
 * leads to the same texts.
 */
export async function rename(
  document: SkillDocument,
  position: Position,
  name: string,
  support: EditSupport,
  context: FeatureContext,
): Promise<WorkspaceEdit | Refusal> {
  const what = wantedAt(document, position, context)
  if (!what || what.names.length === 0) return refusal('Nothing that has a name stands here.')
  if (!isSkillName(name)) return refusal('A name has lowercase letters a-z, digits and single hyphens, at most 64.')
  const to = targetOf(what, name)
  const taken = context.catalogue.get(to.file)
  if (taken && to.file !== what.path) return refusal(`There is already something called ${name} beside it.`)
  const changes = [...(await ownChanges(what, name, context)), ...(await usageChanges(what, name, to, context))]
  const moved: RenameFile[] =
    to.from === to.to ? [] : [{ kind: 'rename', oldUri: uriOf(to.from), newUri: uriOf(to.to) }]
  return editOf(changes, support.files ? moved : [], support)
}

/** The edits that belong to files and folders being renamed elsewhere: names and links that led there. */
export async function filesRenamed(
  moves: readonly { readonly from: Path; readonly to: Path }[],
  support: EditSupport,
  context: FeatureContext,
): Promise<WorkspaceEdit> {
  const changes: Change[] = []
  for (const { from, to } of moves) {
    const skill = context.catalogue.get(`${from}/SKILL.md`) ?? context.catalogue.get(from)
    const name = nameIn(to).replace(/(?:\.agent)?\.md$/, '')
    if (
      skill &&
      ['skill', 'flatSkill', 'agent'].includes(skill.kind) &&
      isSkillName(name) &&
      nameIn(to) !== 'SKILL.md'
    ) {
      const what = wanted(skill.path, context)
      const target = { from, to, file: skill.path === from ? to : `${to}/${nameIn(skill.path)}` }
      changes.push(...(await ownChanges(what, name, context)), ...(await usageChanges(what, name, target, context)))
    } else {
      changes.push(...(await linkChanges(from, to, context)))
    }
  }
  return editOf(distinct(changes), [], support)
}

interface Target {
  /** What is moved, and where to. */
  readonly from: Path
  readonly to: Path
  /** Where the SKILL.md or the agent's file is then. */
  readonly file: Path
}

function targetOf({ path }: Wanted, name: string): Target {
  const folder = parentOf(path)
  const own = nameIn(path)
  if (/^(?:SKILL|AGENT)\.md$/i.test(own)) {
    const to = `${parentOf(folder)}/${name}`
    return { from: folder, to, file: `${to}/${own}` }
  }
  const to = `${folder}/${name}${/(?:\.agent|\.prompt)?\.[^.]+$/.exec(own)?.[0] ?? ''}`
  return { from: path, to, file: to }
}

/** The `name` in its own frontmatter. */
async function ownChanges({ path }: Wanted, name: string, context: FeatureContext): Promise<Change[]> {
  const document = await context.read(path)
  if (document === 'missing') return []
  const own = ownName(document)
  const value = document.entry('name')?.value
  if (!own || !value || own.name === name) return []
  if (value.style === 'plain') return [{ document, ...value.span, text: writeName(name) }]
  return [{ document, start: own.span.start, end: own.span.end, text: name }]
}

async function usageChanges(what: Wanted, name: string, target: Target, context: FeatureContext): Promise<Change[]> {
  const usages = await usagesOf(what, context)
  return usages.map(({ document, span, type, to }): Change => {
    if (type === 'name') return { document, ...span, text: name }
    const inside = isInside(target.from, to!) ? target.to + to!.slice(target.from.length) : to!
    return { document, ...span, text: relinked(document, span, inside, target) }
  })
}

/** Links to a file or folder that is no skill. */
async function linkChanges(from: Path, to: Path, context: FeatureContext): Promise<Change[]> {
  const documents = await Promise.all(context.catalogue.linking(from).map(({ path }) => context.read(path)))
  return documents.flatMap((document) => {
    if (document === 'missing' || (document.path !== undefined && isInside(from, document.path))) return []
    return fileReferencesIn(document, context.home)
      .filter((reference) => reference.to !== '' && isInside(from, reference.to))
      .map(({ to: old, span }): Change => {
        return { document, ...span, text: relinked(document, span, to + old.slice(from.length), { from, to }) }
      })
  })
}

/** How the link at `span` is written when its target has moved. Where only a name changes, nothing but that name does. */
function relinked(
  document: SkillDocument,
  span: { start: number; end: number },
  to: Path,
  { from, to: movedTo }: Pick<Target, 'from' | 'to'>,
): string {
  const folder = parentOf(document.path!)
  const written = document.slice(span)
  if (parentOf(from) === parentOf(movedTo)) {
    const parts = written.split('/')
    const at = parts.findIndex((_, index) => resolveIn(folder, decoded(parts.slice(0, index + 1).join('/'))) === from)
    if (at >= 0) return parts.with(at, linkedName(nameIn(movedTo))).join('/')
  }
  const relative = relativeTo(folder, to).split('/').map(linkedName).join('/')
  const dotted = written.startsWith('./') && !relative.startsWith('.') ? `./${relative}` : relative
  return written.endsWith('/') ? `${dotted}/` : dotted
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written)
  } catch {
    return written
  }
}

function editOf(changes: readonly Change[], files: readonly RenameFile[], { versioned }: EditSupport): WorkspaceEdit {
  const byDocument = new Map<SkillDocument, TextEdit[]>()
  for (const { document, start, end, text } of changes) {
    // The editor asks the user about every edit, also about one that changes nothing.
    if (document.slice({ start, end }) === text) continue
    const edits = byDocument.get(document) ?? []
    edits.push({ range: document.rangeOf({ start, end }), newText: text })
    byDocument.set(document, edits)
  }
  const edited = [...byDocument]
  if (!versioned) return { changes: Object.fromEntries(edited.map(([{ uri }, edits]) => [uri, edits])) }
  const documents = edited.map(([{ uri, version }, edits]): TextDocumentEdit => {
    // A file that is not open has no version.
    return { textDocument: { uri, version: version === 0 ? null : version }, edits }
  })
  return { documentChanges: [...documents, ...files] }
}

function distinct(changes: readonly Change[]): Change[] {
  const seen = new Set<string>()
  return changes.filter(({ document, start }) => {
    const place = `${start} ${document.uri}`
    return !seen.has(place) && seen.add(place)
  })
}

function refusal(reason: string): Refusal {
  return { type: 'refusal', reason }
}
