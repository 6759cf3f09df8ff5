import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, test } from 'vitest'
import { overlayLayerProvider } from '../../daemon/layer/overlayLayer.ts'
import { dockerProvider } from '../../daemon/sandbox/docker/dockerProvider.ts'
import { dockerEngine, testOwner, warmUp, whyNoDocker } from '../support/dockerEngine.ts'
import { layerContract } from './layerContract.ts'

const why = await whyNoDocker()
const docker = why === undefined ? await dockerEngine() : undefined

if (docker) {
  const { recipe, socketPath } = docker
  await warmUp(docker)
  const top = mkdtempSync('/var/tmp/paddock-layers-')
  const [home, store, data] = ['home', 'store', 'data'].map((name) => join(top, name)) as [string, string, string]
  const provider = dockerProvider({ hide: [data], socketPath, recipe, owner: testOwner })
  afterAll(async () => {
    await provider.environment.dispose(store)
    await docker.stop()
    rmSync(top, { recursive: true })
  }, 60_000)

  layerContract('a layer that Docker mounts', {
    provider: overlayLayerProvider,
    isCopy: false,
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
} else test.skip(`a layer that Docker mounts (${why})`, () => {})
