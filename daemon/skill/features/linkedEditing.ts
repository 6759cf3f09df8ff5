import type { LinkedEditingRanges, Position } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { nameReferencesIn } from '../document/references.ts'
import { ownName } from './thing.ts'

/** Names that are typed together: the skill's own name where its file says it again, and the two ends of a tag. */
export function linkedEditing(document: SkillDocument, position: Position): LinkedEditingRanges | undefined {
  const offset = document.source.offsetAt(position)
  const spans = ownNames(document, offset) ?? tagNames(document, offset)
  return spans && { ranges: spans.map((span) => document.rangeOf(span)), wordPattern: '[A-Za-z0-9][A-Za-z0-9_-]*' }
}

const holds = ({ start, end }: Span, offset: number) => start <= offset && offset <= end

function ownNames(document: SkillDocument, offset: number): Span[] | undefined {
  const own = ownName(document)
  if (!own) return undefined
  const again = nameReferencesIn(document).filter(
    ({ of, form, name }) => of === 'skill' && form !== 'key' && name === own.name,
  )
  const spans = [own.span, ...again.map(({ nameSpan }) => nameSpan)]
  return spans.length > 1 && spans.some((span) => holds(span, offset)) ? spans : undefined
}

function tagNames(document: SkillDocument, offset: number): Span[] | undefined {
  const open: { name: string; span: Span }[] = []
  for (const inline of document.inlines) {
    if (inline.type !== 'tag' || inline.form === 'empty') continue
    const start = inline.span.start + (inline.form === 'close' ? 2 : 1)
    const span = { start, end: start + inline.name.length }
    if (inline.form === 'open') {
      open.push({ name: inline.name, span })
      continue
    }
    const at = open.findLastIndex(({ name }) => name === inline.name)
    if (at < 0) continue
    const begin = open[at]!.span
    open.length = at
    if (holds(begin, offset) || holds(span, offset)) return [begin, span]
  }
  return undefined
}
