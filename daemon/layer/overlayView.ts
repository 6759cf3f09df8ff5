import { clockTickMs } from './fileState.ts'
import type { LayerView } from './layerView.ts'
import type { OverlayMarks } from './overlayMarks.ts'
import type { Sides } from './sides.ts'
import { showsThrough } from './upperLookup.ts'
import { walkUpper } from './upperWalk.ts'

/** What overlayfs mounts: an upper directory has the agent's own, and the user's folder shows through elsewhere. */
export function overlayView(sides: Omit<Sides, 'view'>, marks: OverlayMarks): LayerView {
  const { user, layer, bases } = sides
  const isUntouched = (path: string) => showsThrough(user.root, layer.root, marks, path)
  return {
    walk: (options) => walkUpper(user.root, layer.root, marks, options),
    isUntouched,
    beneath: (_path, shown) => shown,
    shownIn: async (path) => ((await isUntouched(path)) ? user : layer),
    beganWith: (_path, { ctimeMs }) => ctimeMs + clockTickMs <= bases.mountedAt,
    leftOut: [],
  }
}
