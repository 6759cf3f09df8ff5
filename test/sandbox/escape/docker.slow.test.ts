import { afterAll, test } from 'vitest'
import { DockerHost } from '../../../daemon/sandbox/docker/dockerHost.ts'
import { dockerProvider } from '../../../daemon/sandbox/docker/dockerProvider.ts'
import { dockerEngine, testOwner, warmUp, whyNoDocker } from '../../support/dockerEngine.ts'
import { escapeSuite } from './escapeSuite.ts'

const why = await whyNoDocker()
const docker = why === undefined ? await dockerEngine() : undefined
afterAll(() => docker?.stop(), 60_000)

if (docker) {
  const { recipe, socketPath } = docker
  await warmUp(docker)
  escapeSuite('docker', {
    own: ['/usr', '/etc', '/var', '/opt'],
    open: (params, hide) => dockerProvider(new DockerHost({ hide, socketPath, recipe, owner: testOwner })).open(params),
  })
} else test.skip(`ways out of docker (${why})`, () => {})
