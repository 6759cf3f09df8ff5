import type { SandboxRunner } from '#protocol/sandbox.ts'
import { DockerHost } from '../../daemon/sandbox/docker/dockerHost.ts'
import { dockerProvider } from '../../daemon/sandbox/docker/dockerProvider.ts'
import { directProvider } from '../../daemon/sandbox/gvisor/directProvider.ts'
import { runtimeName } from '../../daemon/sandbox/gvisor/gvisorProvider.ts'
import type { SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { type DockerEngine, dockerEngine, testOwner, warmUp, whyNoDocker } from './dockerEngine.ts'
import { whyNoGvisor } from './whyNoGvisor.ts'

/** One way to run gVisor, on this machine. */
interface GvisorRunner {
  readonly runner: SandboxRunner
  provider(hide: readonly string[]): SandboxProvider
}

export interface GvisorRunners {
  readonly runners: readonly GvisorRunner[]
  /** Of each that cannot be had. */
  readonly missing: readonly string[]
  /** The engine that knows the runtime, where there is one. */
  readonly docker: DockerEngine | undefined
  stop(): Promise<void>
}

/** All that this machine can do. Minutes go by the first time, when Docker's image is built. */
export async function gvisorRunners(): Promise<GvisorRunners> {
  const why = await whyNoGvisor()
  const direct: GvisorRunner = { runner: 'runsc', provider: (hide) => directProvider({ hide }) }
  const whyNot = why ?? (await whyNoDocker())
  const docker = whyNot === undefined ? await dockerEngine() : undefined
  const { Runtimes = {} } = (await docker?.engine.info()) ?? {}
  const whyNoRuntime = whyNot ?? (runtimeName in Runtimes ? undefined : `this Docker has no runtime ${runtimeName}`)
  const missing = [...(why ? [`by runsc: ${why}`] : []), ...(whyNoRuntime ? [`by docker: ${whyNoRuntime}`] : [])]
  const stop = async () => await docker?.stop()
  if (!docker || whyNoRuntime) return { runners: why ? [] : [direct], missing, docker: undefined, stop }
  await warmUp(docker)
  const inDocker: GvisorRunner = {
    runner: 'docker',
    provider: (hide) => dockerProvider(hostFor(docker, hide), { name: runtimeName, kind: 'gvisor' }),
  }
  return { runners: [direct, inDocker], missing, docker, stop }
}

export function hostFor({ recipe, socketPath }: DockerEngine, hide: readonly string[]): DockerHost {
  return new DockerHost({ hide, socketPath, recipe, owner: testOwner })
}
