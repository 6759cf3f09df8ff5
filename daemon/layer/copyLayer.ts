import { chmodSync, mkdirSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { folderNotUsable } from '#protocol/errors.ts'
import { BaseStore } from './baseStore.ts'
import { CopyManifest } from './copyManifest.ts'
import { syncCopy } from './copySync.ts'
import { copyView } from './copyView.ts'
import { folderStamp } from './copyWalk.ts'
import { stampOf } from './fileState.ts'
import { statFolder, statIn } from './folder.ts'
import type { LayerProvider } from './layer.ts'
import { makeSides } from './makeSides.ts'
import { removeTree } from './removeTree.ts'
import { SidedLayer } from './sidedLayer.ts'
import type { Skipped } from './upperWalk.ts'

/**
 * Layers that are copies of the user's folder, for kinds of sandboxes that cannot mount one. The copy is made by the first
 * `prune`, and brought up to date by each later one; finding changes looks at the stamp of each file in it.
 */
export function copyLayerProvider(): LayerProvider {
  return {
    async open({ folder, store }) {
      const mount = { type: 'copy' as const, lower: resolve(folder), copy: join(store, 'copy') }
      mkdirSync(store, { recursive: true, mode: 0o700 })
      chmodSync(store, 0o700)
      const manifest = new CopyManifest(join(store, 'manifest'))
      // One that was never finished was never shown to anybody.
      if (!manifest.isWhole) await removeTree(mount.copy)
      mkdirSync(mount.copy, { recursive: true, mode: 0o700 })
      const lower = statFolder(mount.lower)
      if (lower) chmodSync(mount.copy, (lower.mode & 0o777) | 0o700)
      takeOver(manifest, mount.copy)
      const bases = new BaseStore(join(store, 'base'))
      await bases.sweep()
      const leftOut: Skipped[] = []
      const sides = makeSides(mount.lower, mount.copy, bases, (rest) => copyView(rest, manifest, leftOut))
      const aside = join(store, 'aside')
      const prune = async () => {
        refuseIntoItself(mount.lower, store)
        await syncCopy({ sides, manifest, aside, leftOut })
      }
      return new SidedLayer({ mount, store, sides, isSeen: true, prune })
    },
  }
}

/** A copy in the folder that is copied would never end. */
function refuseIntoItself(folder: string, store: string): void {
  const [real, into] = [realpathSync(folder), realpathSync(store)]
  if (`${into}/`.startsWith(real.endsWith('/') ? real : `${real}/`)) {
    throw folderNotUsable(folder, `Paddock keeps its own data in it, at ${into}.`)
  }
}

/** What a killed daemon was copying is its own, and is copied anew. */
function takeOver(manifest: CopyManifest, copy: string): void {
  for (const path of manifest.begun()) {
    const stat = statIn(copy, path)
    if (!stat) manifest.delete(path)
    else if (stat.isDirectory()) manifest.set(path, { isFolder: true, own: folderStamp(stat), user: '' })
    else manifest.set(path, { isFolder: false, own: stampOf(stat), user: '' })
  }
  manifest.save()
}
