import type { Location, Position } from 'vscode-languageserver'
import type { SkillDocument } from '../document/document.ts'
import { uriOf } from '../document/location.ts'
import { type FileReference, headingAt } from '../document/references.ts'
import type { FeatureContext } from './feature.ts'
import { thingAt } from './thing.ts'

const start = { line: 0, character: 0 }

/** Where what stands at `position` is: the skills and agents that a name can mean, a linked file, a heading of it. */
export async function definition(
  document: SkillDocument,
  position: Position,
  context: FeatureContext,
): Promise<Location[]> {
  const thing = thingAt(document, document.source.offsetAt(position), context)
  if (!thing) return []
  if (thing.type === 'self') return [{ uri: document.uri, range: document.rangeOf(thing.span) }]
  if (thing.type === 'file') return fileLocation(document, thing.reference, context)
  return thing.targets.map(({ path }) => ({ uri: uriOf(path), range: { start, end: start } }))
}

async function fileLocation(
  document: SkillDocument,
  { to, fragment }: FileReference,
  { read }: FeatureContext,
): Promise<Location[]> {
  const target = to === '' || to === document.path ? document : await read(to)
  if (target === 'missing') return []
  const heading = fragment === undefined ? undefined : headingAt(target, fragment)
  return [{ uri: target.uri, range: heading ? target.rangeOf(heading) : { start, end: start } }]
}
