import { spawnSync } from 'node:child_process'
import { overlayLayerProvider } from '../../daemon/layer/overlayLayer.ts'
import { openOverlayShell } from '../support/overlayShell.ts'
import type { LayerKind } from './layerContract.ts'

/** Layers of overlayfs, with a real mount for the agent. */
export const overlay: LayerKind = {
  provider: overlayLayerProvider,
  openShell: (layer) => openOverlayShell(layer.mount),
  unavailable:
    spawnSync('unshare', ['-Um', '--map-root-user', 'true']).status === 0 ? undefined : 'no user namespaces here',
}
