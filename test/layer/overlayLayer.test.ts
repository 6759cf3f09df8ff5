import { layerContract } from './layerContract.ts'
import { overlay } from './overlay.ts'

layerContract('a layer of overlayfs', overlay)
