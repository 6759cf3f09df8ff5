import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine, type Span } from '../document/fences.ts'
import { nameIn } from '../document/location.ts'
import { fileReferencesIn } from '../document/references.ts'
import { entryIn } from '../document/value.ts'
import type { FileView } from '../workspace.ts'
import { listed, soundEntry } from './entries.ts'
import { memoryTypes } from './instructionTables.ts'
import { nearest } from './keyNames.ts'
import type { Hit } from './rule.ts'
import { firstLine } from './skillFolder.ts'

/** What does not fit together in a folder of memories: entries of the index without a file, files without an entry, wrong types. */
export function memoryHits(document: SkillDocument, files: FileView): Hit[] {
  return nameIn(document.path ?? document.uri) === 'MEMORY.md' ? indexHits(document, files) : typeHits(document)
}

function indexHits(document: SkillDocument, files: FileView): Hit[] {
  const { folderPath, text } = document
  if (folderPath === undefined) return []
  const links = fileReferencesIn(document, undefined).filter(({ to }) => to !== '' && /\.md$/i.test(to))
  const gone = links
    .filter(({ to }) => files.stat(to) === 'missing')
    .map(({ span }): Hit => {
      const line = lineAround(text, span)
      const isEntry = /^\s*(?:[-*+]|\d+[.)])\s/.test(text.slice(line.start, line.end))
      const data = isEntry ? { data: { start: line.start, end: line.end } } : {}
      return { span, message: `There is no memory \`${document.slice(span)}\`.`, ...data }
    })
  const items = files.list(folderPath)
  if (!items || items === 'missing') return gone
  const named = new Set(links.map(({ to }) => to))
  const orphans = items
    .filter(
      ({ name, type }) =>
        type === 'file' && /\.md$/i.test(name) && name !== 'MEMORY.md' && nameIn(folderPath) === 'memory',
    )
    .filter(({ name }) => !named.has(`${folderPath}/${name}`) && !text.includes(name))
    .map(({ name }): Hit => {
      const related = [{ message: 'The memory', path: `${folderPath}/${name}` }]
      return {
        span: firstLine(document),
        message: `The index does not name \`${name}\`: it is never read.`,
        related,
        data: { orphan: name },
      }
    })
  return [...gone, ...orphans]
}

function lineAround(text: string, { start, end }: Span): Span {
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: nextLine(text, lineEnd(text, end)) }
}

function typeHits(document: SkillDocument): Hit[] {
  const type = soundEntry(document, 'type') ?? entryIn(soundEntry(document, 'metadata')?.value, 'type')
  if (type?.value.kind !== 'text' || memoryTypes.includes(type.value.text)) return []
  const near =
    nearest(type.value.text, memoryTypes) ?? memoryTypes.find((each) => each === type.value.text.toLowerCase())
  return [
    {
      span: type.value.span,
      message: `A memory’s type is one of ${listed(memoryTypes)}.`,
      ...(near ? { data: { near } } : {}),
    },
  ]
}
