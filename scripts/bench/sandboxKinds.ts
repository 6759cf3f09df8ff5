import { bubblewrapProvider } from '../../daemon/sandbox/bubblewrap/bubblewrapProvider.ts'
import { DockerHost } from '../../daemon/sandbox/docker/dockerHost.ts'
import { dockerProvider } from '../../daemon/sandbox/docker/dockerProvider.ts'
import { directProvider } from '../../daemon/sandbox/gvisor/directProvider.ts'
import type { OpenParams, SandboxProvider } from '../../daemon/sandbox/sandbox.ts'
import { childrenOf } from '../../test/support/childrenOf.ts'
import { dockerEngine, testOwner, warmUp, whyNoDocker } from '../../test/support/dockerEngine.ts'
import { memoryOfTree } from './ground.ts'

/** One kind of sandbox that this machine can run, and how to look at it from outside. */
export interface BenchedKind {
  readonly name: string
  /** A new one each time, as a daemon that has just started has it. */
  provider(hide: string): SandboxProvider
  /** MB of all processes of the sandboxes that are open now. */
  memory(): Promise<number>
  /** What Docker's own client takes to run a program in the one sandbox that is open. */
  peer?(): Promise<{ readonly file: string; readonly args: readonly string[] }>
  /** Milliseconds that a command may take beside the program that it starts. */
  readonly execAim?: number
  readonly openAim?: number
  readonly memoryAim?: number
  /** Forgets what the kind keeps of a workspace beside its folders. */
  forget(provider: SandboxProvider, params: OpenParams): Promise<void>
  stop(): Promise<void>
}

/** Says on stderr which kinds cannot be run here, and why. */
export async function sandboxKinds(hide: string): Promise<BenchedKind[]> {
  const own = { memory: async () => ownChildren(), forget: async () => {}, stop: async () => {} }
  const all = await Promise.all([
    usable({
      ...own,
      name: 'bubblewrap',
      provider: (folder) => bubblewrapProvider({ hide: [folder] }),
      ...{ openAim: 50, execAim: 3, memoryAim: 5 },
    }),
    docker().catch((error) => {
      console.error(`docker is not measured: ${String(error)}`)
      return undefined
    }),
    usable({ ...own, name: 'gvisor', provider: (folder) => directProvider({ hide: [folder] }) }),
  ])
  return all.filter((kind) => kind !== undefined)

  async function usable(kind: BenchedKind): Promise<BenchedKind | undefined> {
    const status = await kind.provider(hide).probe()
    if (status.type === 'ready') return kind
    console.error(`${kind.name} is not measured: ${status.why}`)
    return undefined
  }
}

async function docker(): Promise<BenchedKind | undefined> {
  const why = await whyNoDocker()
  if (why !== undefined) {
    console.error(`docker is not measured: ${why}`)
    return undefined
  }
  const made = await dockerEngine()
  await warmUp(made)
  const { engine, recipe, socketPath } = made
  const filters = { label: [`paddock=${testOwner}`, 'paddock.process'] }
  const containers = async () => await engine.listContainers({ filters })
  return {
    name: 'docker',
    execAim: 5,
    provider: (folder) => dockerProvider(new DockerHost({ hide: [folder], socketPath, recipe, owner: testOwner })),
    async memory() {
      let sum = 0
      for (const { Id } of await containers()) {
        const { State } = await engine.getContainer(Id).inspect()
        sum += memoryOfTree(State.Pid)
      }
      return sum
    },
    async peer() {
      const [container] = await containers()
      if (!container) throw new Error('no container is open')
      return { file: 'docker', args: ['--host', `unix://${socketPath}`, 'exec', container.Id, 'true'] }
    },
    forget: async (provider, { store }) => await provider.environment?.dispose(store),
    stop: () => made.stop(),
  }
}

/** Of what this process started. */
function ownChildren(): number {
  return childrenOf(process.pid).reduce((sum, pid) => sum + memoryOfTree(pid), 0)
}
