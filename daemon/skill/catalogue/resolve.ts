import { placementOf } from '../clients/clients.ts'
import { isInside, type Path } from '../document/location.ts'
import type { NameReference } from '../document/references.ts'
import type { Catalogue, FileRecord } from './catalogue.ts'

/**
 * What a name means where it is written, the nearest first: in the same folder of skills, then the same project, a project around it, the
 * home directory, anywhere. Empty where nothing is called so.
 */
export function resolve(
  catalogue: Catalogue,
  { of, name }: Pick<NameReference, 'of' | 'name'>,
  from: Path | undefined,
  home: Path | undefined,
): readonly FileRecord[] {
  const found = of === 'skill' ? catalogue.skills(name) : catalogue.agents(name)
  if (found.length < 2 || from === undefined) return found
  const here = placementOf(from, home)
  const farness = (record: FileRecord) => {
    const there = placementOf(record.path, home)
    if (record.path === from) return 0
    if (there && here && there.root === here.root) return 1
    if (there && here && there.base === here.base) return 2
    if (record.scope !== 'personal' && isInside(there?.base ?? '/', from)) return 3
    return record.scope === 'personal' ? 4 : 5
  }
  return [...found].sort((a, b) => farness(a) - farness(b) || b.path.length - a.path.length)
}
