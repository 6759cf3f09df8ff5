import { copyLayerProvider } from '../../daemon/layer/copyLayer.ts'
import { openCopyShell } from '../support/overlayShell.ts'
import type { LayerKind } from './bench.ts'
import { overlay } from './overlay.ts'

/** Layers that are copies, with the agent in a shell whose working directory is the copy. */
export const copy: LayerKind = {
  provider: copyLayerProvider,
  isCopy: true,
  async openShell(layer) {
    // As a session does before it opens a sandbox.
    await layer.prune()
    if (layer.mount.type !== 'copy') throw new Error('no copy')
    return await openCopyShell(layer.mount.copy)
  },
  unavailable: overlay.unavailable,
}
