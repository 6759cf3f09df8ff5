import type { FileRecord } from '../catalogue/catalogue.ts'
import { resolve } from '../catalogue/resolve.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { Path } from '../document/location.ts'
import { type FileReference, fileReferencesIn, type NameReference, nameReferencesIn } from '../document/references.ts'
import type { RuleContext } from '../rules/rule.ts'

/** What stands at a place and leads somewhere. */
export type Thing =
  | {
      readonly type: 'name'
      readonly reference: NameReference
      readonly span: Span
      /** What it can mean, the nearest first; empty for a `$[namespace].skill` that nothing is called by. */
      readonly targets: readonly FileRecord[]
    }
  | { readonly type: 'file'; readonly reference: FileReference; readonly span: Span }
  /** The name of the document itself, where it is written in its frontmatter. */
  | { readonly type: 'self'; readonly name: string; readonly span: Span; readonly path: Path }

type Known = Pick<RuleContext, 'catalogue' | 'home'>

/** What stands at `offset`. A `/word` that nothing is called by is nothing. */
export function thingAt(document: SkillDocument, offset: number, known: Known): Thing | undefined {
  const holds = ({ start, end }: Span) => start <= offset && offset <= end
  const own = ownName(document)
  if (own && holds(own.span)) return own
  const name = namesIn(document, known).find(({ span }) => holds(span))
  if (name) return name
  const file = fileReferencesIn(document, known.home).find((each) => {
    return holds(each.span) || (each.fragmentSpan && holds(each.fragmentSpan))
  })
  return file && { type: 'file', reference: file, span: file.span }
}

/** Every name in a document that means something, or should: namespaced mentions and values of keys always do. */
export function namesIn(document: SkillDocument, { catalogue, home }: Known): Extract<Thing, { type: 'name' }>[] {
  return nameReferencesIn(document).flatMap((reference) => {
    const targets = resolve(catalogue, reference, document.path, home)
    if (targets.length === 0 && (reference.form === 'slash' || reference.form === 'dollar')) return []
    return [{ type: 'name' as const, reference, span: reference.span, targets }]
  })
}

/** The name that a skill, agent or flat skill gives itself. */
export function ownName(document: SkillDocument): Extract<Thing, { type: 'self' }> | undefined {
  const { path, kind } = document
  const value = document.isReadable ? document.entry('name')?.value : undefined
  if (path === undefined || value?.kind !== 'text' || !['skill', 'flatSkill', 'agent'].includes(kind)) return undefined
  const name = value.text.trim()
  const at = document.slice(value.span).indexOf(name)
  if (name === '' || at < 0) return undefined
  const start = value.span.start + at
  return { type: 'self', name, span: { start, end: start + name.length }, path }
}
