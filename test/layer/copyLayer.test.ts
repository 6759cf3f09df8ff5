import { copy } from './copy.ts'
import { layerContract } from './layerContract.ts'

layerContract('a layer that is a copy', copy)
