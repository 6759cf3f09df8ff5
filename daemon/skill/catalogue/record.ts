import { placementOf } from '../clients/clients.ts'
import type { SkillDocument } from '../document/document.ts'
import { nameIn, type Path, parentOf } from '../document/location.ts'
import { fileReferencesIn, nameReferencesIn } from '../document/references.ts'
import type { FileStat } from '../workspace.ts'
import type { FileRecord } from './catalogue.ts'
import { sketchOf } from './sketch.ts'

/** No more names and links of one file than this are remembered. */
const most = 500

/** What is remembered of a document that lies at `path`. */
export function recordOf(
  document: SkillDocument,
  path: Path,
  stat: Pick<FileStat, 'size' | 'modified'>,
  home: Path | undefined,
): FileRecord {
  const placement = placementOf(path, home)
  const description = descriptionOf(document)
  return {
    path,
    kind: document.kind,
    name: nameOf(document, path),
    description,
    sketch: sketchOf(description),
    folder: placement?.folder,
    scope: placement?.scope,
    names: nameReferencesIn(document)
      .slice(0, most)
      .map(({ of, form, namespace, name, nameSpan }) => {
        return { of, form, namespace, name, start: nameSpan.start, end: nameSpan.end }
      }),
    links: fileReferencesIn(document, home)
      .filter(({ to }) => to !== '')
      .slice(0, most)
      .map(({ to, span }) => ({ to, start: span.start, end: span.end })),
    hash: hashOf(document.text),
    length: document.text.length,
    size: stat.size,
    modified: stat.modified,
  }
}

function nameOf(document: SkillDocument, path: Path): string {
  if (document.kind === 'markdown' || document.kind === 'instructions') return ''
  const written = document.entry('name')?.value
  const text = written?.kind === 'text' ? written.text.trim() : ''
  if (text !== '') return text
  const own = nameIn(path)
  return document.kind === 'skill' || own === 'AGENT.md'
    ? nameIn(parentOf(path))
    : own.replace(/(?:\.agent)?\.[^.]+$/, '')
}

function descriptionOf(document: SkillDocument): string {
  const written = document.entry('description')?.value
  return written?.kind === 'text' ? written.text.trim() : ''
}

/** Tells texts apart; not for what an attacker could gain by two texts with one hash. */
export function hashOf(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36)
}
