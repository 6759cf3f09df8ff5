import { afterAll, test } from 'vitest'
import { dockerProvider } from '../../daemon/sandbox/docker/dockerProvider.ts'
import { dockerEngine, warmUp, whyNoDocker } from '../support/dockerEngine.ts'
import { hostFor } from '../support/gvisorRunners.ts'
import { sandboxLayerContract } from './sandboxLayer.ts'

const why = await whyNoDocker()
const docker = why === undefined ? await dockerEngine() : undefined
// Before the contract's own, which then come first.
afterAll(() => docker?.stop(), 60_000)

if (docker) {
  await warmUp(docker)
  sandboxLayerContract('a layer that Docker mounts', (hide) => dockerProvider(hostFor(docker, hide)))
} else test.skip(`a layer that Docker mounts (${why})`, () => {})
