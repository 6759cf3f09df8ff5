import { crc32 } from 'node:zlib'
import { placementOf } from '../clients/clients.ts'
import type { SkillDocument } from '../document/document.ts'
import { isInside, nameIn, type Path, parentOf } from '../document/location.ts'
import { fileReferencesIn, nameReferencesIn } from '../document/references.ts'
import type { FileStat } from '../workspace.ts'
import { alone } from './alone.ts'
import type { FileRecord, RecordedName } from './catalogue.ts'
import type { NameTable } from './nameTable.ts'

/** No more names and links of one file than this are remembered. */
const most = 500

/** What is remembered of a document that lies at `path`. */
export function recordOf(
  document: SkillDocument,
  path: Path,
  stat: Pick<FileStat, 'size' | 'modified'>,
  home: Path | undefined,
  names: NameTable,
): FileRecord {
  const placement = placementOf(path, home)
  const description = alone(descriptionOf(document))
  const own = placement && skillFolder(placement.root, path)
  return {
    path,
    kind: document.kind,
    name: alone(nameOf(document, path)),
    description,
    folder: placement?.folder,
    scope: placement?.scope,
    names: namesIn(document, names),
    links: linksOf(document, own, home),
    hash: hashOf(document.text),
    length: document.text.length,
    size: stat.size,
    modified: stat.modified,
  }
}

const none: readonly never[] = []

function namesIn(document: SkillDocument, names: NameTable): readonly RecordedName[] {
  const references = nameReferencesIn(document)
  if (references.length === 0) return none
  return [...new Set(references.map((reference) => names.shared(reference)))].slice(0, most)
}

/** The folder of the skill that `path`, in the folder of skills `root`, belongs to: what lies in `root` itself is its own. */
export function skillFolder(root: Path, path: Path): Path {
  const end = path.indexOf('/', root.length + 1)
  return end < 0 ? path : path.slice(0, end)
}

/** How a link is written that can lead out of a folder. */
const leavingLink = /\]\(\s?<?(?:[^)\s]*\.\.|\/|~)|\]:\s*<?(?:\S*\.\.|\/|~)|@/

function linksOf(document: SkillDocument, own: Path | undefined, home: Path | undefined): readonly Path[] {
  if (own !== undefined && !leavingLink.test(document.text)) return none
  const targets = fileReferencesIn(document, home).map(({ to }) => to)
  return [...new Set(targets.filter((to) => to !== '' && !(own && isInside(own, to))))].slice(0, most).map(alone)
}

/** What a file is called, by its `name` or else by where it lies; '' for what is only read. */
export function nameOf(document: SkillDocument, path: Path): string {
  if (document.kind === 'markdown' || document.kind === 'instructions') return ''
  const written = document.entry('name')?.value
  const text = written?.kind === 'text' ? written.text.trim() : ''
  if (text !== '') return text
  const own = nameIn(path)
  return document.kind === 'skill' || own === 'AGENT.md'
    ? nameIn(parentOf(path))
    : own.replace(/(?:\.agent)?\.[^.]+$/, '')
}

/** '' where there is none. */
export function descriptionOf(document: SkillDocument): string {
  const written = document.entry('description')?.value
  return written?.kind === 'text' ? written.text.trim() : ''
}

/** Tells texts apart; not for what an attacker could gain by two texts with one hash. */
export function hashOf(text: string): string {
  return `${crc32(text).toString(36)}-${text.length.toString(36)}`
}
