import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { overlayLayerProvider } from '../../daemon/layer/overlayLayer.ts'
import type { SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { layerContract } from './layerContract.ts'

/** The layer contract, with the agent in a sandbox of the provider's, which is handed the data folder to hide. */
export function sandboxLayerContract(
  name: string,
  make: (hide: readonly string[]) => SandboxProvider,
  { ownPipes = false } = {},
): void {
  const top = mkdtempSync('/var/tmp/paddock-layers-')
  const [home, store, data] = ['home', 'store', 'data'].map((name) => join(top, name)) as [string, string, string]
  const provider = make([data])
  afterAll(async () => {
    await provider.environment?.dispose(store)
    rmSync(top, { recursive: true })
  })

  layerContract(name, {
    provider: overlayLayerProvider,
    isCopy: false,
    ownPipes,
    unavailable: undefined,
    async openShell({ mount }) {
      const sandbox = await provider.open({ layer: mount, home, store })
      return {
        mountedAt: sandbox.mountedAt,
        files: sandbox,
        async run(line) {
          const { end, stdout, stderr } = await sandbox.exec({ line })
          const said = Buffer.concat([stdout.head, stdout.tail, stderr.head]).toString()
          if (end.type !== 'exited' || end.code !== 0) throw new Error(`${line}\n${said}`)
          return said
        },
        close: () => sandbox.close(),
      }
    },
  })
}
