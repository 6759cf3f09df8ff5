import type { BaseStore } from './baseStore.ts'
import { HunkNames } from './hunks.ts'
import type { LayerView } from './layerView.ts'
import { Renames } from './renames.ts'
import type { Sides } from './sides.ts'
import { Tree } from './tree.ts'

/** The sides of a layer that was just opened; `viewOf` says how its kind tells what is the agent's. */
export function makeSides(
  userRoot: string,
  layerRoot: string,
  bases: BaseStore,
  viewOf: (sides: Omit<Sides, 'view'>) => LayerView,
): Sides {
  const rest = {
    user: new Tree(userRoot),
    layer: new Tree(layerRoot),
    bases,
    renames: new Renames(),
    hunkNames: new HunkNames(),
  }
  return { ...rest, view: viewOf(rest) }
}
