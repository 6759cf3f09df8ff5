import { overlayLayerProvider } from '../../daemon/layer/overlayLayer.ts'

// Run as a process of its own, to be killed while it keeps.
const [folder, store] = process.argv.slice(2) as [string, string]
const layer = await overlayLayerProvider().open({ folder, store })
await layer.changes()
process.stdout.write('keeping\n')
await layer.keep('all')
