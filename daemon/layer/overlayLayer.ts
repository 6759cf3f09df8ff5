import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BaseStore } from './baseStore.ts'
import { statFolder } from './folder.ts'
import type { LayerProvider } from './layer.ts'
import { makeSides } from './makeSides.ts'
import { OverlayMarks } from './overlayMarks.ts'
import { overlayView } from './overlayView.ts'
import { prune } from './prune.ts'
import { SidedLayer } from './sidedLayer.ts'

/** Layers that the kernel's overlayfs mounts: the agent's files lie in an upper directory over the user's folder. */
export function overlayLayerProvider(): LayerProvider {
  return {
    async open({ folder, store }) {
      const mount = {
        type: 'overlay' as const,
        lower: resolve(folder),
        upper: join(store, 'upper'),
        work: join(store, 'work'),
      }
      mkdirSync(store, { recursive: true, mode: 0o700 })
      chmodSync(store, 0o700)
      mkdirSync(mount.upper, { recursive: true })
      mkdirSync(mount.work, { recursive: true, mode: 0o700 })
      // The mode of the upper directory is the workspace's own mode as the agent sees it.
      const lower = statFolder(mount.lower)
      if (lower) chmodSync(mount.upper, lower.mode & 0o777)
      const bases = new BaseStore(join(store, 'base'))
      await bases.sweep()
      const marks = new OverlayMarks(mount.upper)
      const sides = makeSides(mount.lower, mount.upper, bases, (rest) => overlayView(rest, marks))
      const isSeen = readdirSync(mount.upper).length === 0
      return new SidedLayer({ mount, store, sides, isSeen, prune: () => prune(sides, marks) })
    },
  }
}
