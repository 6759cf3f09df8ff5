import { resolve } from '../catalogue/resolve.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { isInside, nameIn, type Path, parentOf } from '../document/location.ts'
import { fileReferencesIn, nameReferencesIn } from '../document/references.ts'
import type { FeatureContext } from './feature.ts'

/** A place that names or links to a skill, an agent or a file. */
export interface Usage {
  readonly document: SkillDocument
  /** The name alone, or the path of a link. */
  readonly span: Span
  readonly type: 'name' | 'link'
  /** For a link: what it leads to. */
  readonly to?: Path
}

/** What is looked for: a skill or agent, or the plain file at `path`. */
export interface Wanted {
  readonly path: Path
  /** The names it goes by; empty for a plain file. */
  readonly names: readonly string[]
  readonly of: 'skill' | 'agent'
}

/** What the file at `path` goes by. */
export function wanted(path: Path, { catalogue }: Pick<FeatureContext, 'catalogue'>): Wanted {
  const record = catalogue.get(path)
  if (!record || !['skill', 'flatSkill', 'agent'].includes(record.kind)) return { path, names: [], of: 'skill' }
  const folder = record.kind === 'skill' ? nameIn(parentOf(path)) : record.name
  return { path, names: [...new Set([record.name, folder])], of: record.kind === 'agent' ? 'agent' : 'skill' }
}

/**
 * Every place in the catalogue that means what is wanted: names that mean it before anything else that is called so, and links to it or, for
 * a skill, into its folder. In the order of paths and places.
 */
export async function usagesOf(what: Wanted, context: FeatureContext): Promise<Usage[]> {
  const { catalogue, home } = context
  const folder = folderOf(what)
  const files = new Set([
    ...what.names.flatMap((name) => catalogue.naming(name).map(({ path }) => path)),
    ...catalogue.linking(folder ?? what.path).map(({ path }) => path),
  ])
  const documents = await Promise.all([...files].sort().map((path) => context.read(path)))
  return documents.flatMap((document) => (document === 'missing' ? [] : usagesIn(document, what, { catalogue, home })))
}

/** The usages in one document. */
function usagesIn(
  document: SkillDocument,
  what: Wanted,
  { catalogue, home }: Pick<FeatureContext, 'catalogue' | 'home'>,
): Usage[] {
  const folder = folderOf(what)
  const names = nameReferencesIn(document)
    .filter((reference) => reference.of === what.of && what.names.includes(reference.name))
    .filter((reference) => resolve(catalogue, reference, document.path, home)[0]?.path === what.path)
    .map(({ nameSpan }): Usage => ({ document, span: nameSpan, type: 'name' }))
  const inside = folder !== undefined && document.path !== undefined && isInside(folder, document.path)
  // Within the skill's own folder only a link that goes out and in again names the folder.
  const leadsIntoFolder = (to: Path, span: Span) =>
    folder !== undefined && isInside(folder, to) && (!inside || document.slice(span).includes(`/${nameIn(folder)}/`))
  const links = fileReferencesIn(document, home)
    .filter(({ to, span }) => (to === what.path && !inside) || leadsIntoFolder(to, span))
    .map(({ span, to }): Usage => ({ document, span, type: 'link', to }))
  return [...names, ...links].sort((a, b) => a.span.start - b.span.start)
}

/** The folder of a skill that has one. */
function folderOf({ path, names }: Wanted): Path | undefined {
  return names.length > 0 && /\/SKILL\.md$/i.test(path) ? parentOf(path) : undefined
}
