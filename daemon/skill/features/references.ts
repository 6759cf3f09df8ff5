import type { Location, Position } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import { uriOf } from '../document/location.ts'
import type { FeatureContext } from './feature.ts'
import { thingAt } from './thing.ts'
import { usagesOf, type Wanted, wanted } from './usages.ts'

/** Every place that names or links to what stands at `position`; with `declaration` also where it is itself. */
export async function references(
  document: SkillDocument,
  position: Position,
  declaration: boolean,
  context: FeatureContext,
): Promise<Location[]> {
  const what = wantedAt(document, position, context)
  if (!what) return []
  const usages = await usagesOf(what, context)
  const start = { line: 0, character: 0 }
  const itself = declaration ? [{ uri: uriOf(what.path), range: { start, end: start } }] : []
  return [...itself, ...usages.map(({ document: each, span }) => ({ uri: each.uri, range: each.rangeOf(span) }))]
}

/** What the thing at `position` is; in the frontmatter of a skill or agent, that itself. */
export function wantedAt(document: SkillDocument, position: Position, context: FeatureContext): Wanted | undefined {
  const offset = document.source.offsetAt(position)
  const thing = thingAt(document, offset, context)
  if (thing?.type === 'name') return thing.targets[0] && wanted(thing.targets[0].path, context)
  if (thing?.type === 'file') return thing.reference.to === '' ? undefined : wanted(thing.reference.to, context)
  if (thing?.type === 'self') return wanted(thing.path, context)
  return undefined
}
