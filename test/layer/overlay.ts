import { spawnSync } from 'node:child_process'
import type { Layer } from '../../daemon/layer/layer.ts'
import { overlayLayerProvider } from '../../daemon/layer/overlayLayer.ts'
import { openOverlayShell } from '../support/overlayShell.ts'
import type { LayerKind } from './bench.ts'

/** The mount of a layer that is known to be an overlay. */
export function overlayMount({ mount }: Layer): Extract<Layer['mount'], { type: 'overlay' }> {
  if (mount.type !== 'overlay') throw new Error('no overlay')
  return mount
}

/** Layers of overlayfs, with a real mount for the agent. */
export const overlay: LayerKind = {
  provider: overlayLayerProvider,
  isCopy: false,
  openShell: (layer) => openOverlayShell(overlayMount(layer)),
  unavailable:
    spawnSync('unshare', ['-Um', '--map-root-user', 'true']).status === 0 ? undefined : 'no user namespaces here',
}
