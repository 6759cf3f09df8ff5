import type { CopyManifest } from './copyManifest.ts'
import { folderStamp, walkCopy } from './copyWalk.ts'
import { stampOf } from './fileState.ts'
import { isErrno, statIn } from './folder.ts'
import type { LayerView } from './layerView.ts'
import type { Sides } from './sides.ts'
import type { Skipped } from './upperWalk.ts'

/** A copy of the user's folder, and what was copied when: what is not as it was copied is the agent's. */
export function copyView(
  { user, layer }: Omit<Sides, 'view'>,
  manifest: CopyManifest,
  leftOut: readonly Skipped[],
): LayerView {
  return {
    walk: (options) => walkCopy(user.root, layer.root, manifest, options),
    async isUntouched(path) {
      const stat = statIn(layer.root, path)
      const copied = manifest.get(path)
      if (!copied || !stat) return !copied && !stat
      return copied.own === (copied.isFolder && stat.isDirectory() ? folderStamp(stat) : stampOf(stat))
    },
    beneath(path, shown) {
      try {
        return statIn(layer.root, path)
      } catch (error) {
        // In a folder that the agent locked: what was copied.
        if (isErrno(error, 'EACCES', 'EPERM')) return shown
        throw error
      }
    },
    shownIn: async () => layer,
    beganWith(path, { stamp }) {
      const stat = statIn(user.root, path)
      const now = stamp ?? (stat && stampOf(stat))
      return now !== undefined && manifest.get(path)?.user === now
    },
    leftOut,
  }
}
