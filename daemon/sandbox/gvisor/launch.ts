import { composed, environment, heldFirst, type Mechanism, type Plan, serverCommand } from '../bubblewrap/launch.ts'
import { stagingFolder } from '../bubblewrap/sandboxView.ts'
import type { Launch } from '../execServer/execServer.ts'
import { bundleConfig } from './bundle.ts'
import { imageName } from './savedMemory.ts'

/** bubblewrap's programs, and gVisor's. */
export interface GvisorMechanism extends Mechanism {
  readonly runsc: string
  /** As in 20240729. */
  readonly released: string
  /** What makes gVisor run programs: both of them enforce the same. */
  readonly platform: 'systrap' | 'ptrace'
}

export type GvisorPlan = Plan<GvisorMechanism>

const folder = '/run/paddock'
/** Seen by nothing but runsc, and gone with its namespaces. */
const state = `${folder}/state`
const container = 'sandbox'
/** Where the plan's `memory` is, and the image in it. */
const memoryPlace = `${folder}/memory`
const image = ['--image-path', `${memoryPlace}/${imageName}`]

/**
 * Starts the same view of the machine as bubblewrap's, with gVisor in it, and in that the exec server. The view stays
 * around gVisor's own processes: what would break out of its kernel finds what a bubblewrap sandbox has. `restore`
 * lets go on what was saved in the plan's `memory`.
 */
export function launchGvisor(plan: GvisorPlan, how: 'run' | 'restore'): Launch {
  const { mechanism, view, root, home } = plan
  const env = environment(plan)
  const bubblewrap = [
    mechanism.bwrap,
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--hostname', 'paddock'],
    // gVisor needs them to shut itself in further. They are of a user namespace that owns nothing of the machine.
    ...['--cap-add', 'ALL', '--die-with-parent', '--new-session', ...heldFirst],
    ...view.mounts,
    ...['--dir', folder, '--dir', state, '--ro-bind-data', '3', `${folder}/config.json`],
    ...(plan.memory === undefined ? [] : ['--bind', `${stagingFolder()}/memory`, memoryPlace]),
    ...['--chdir', '/', '--'],
  ]
  const from = how === 'restore' ? image : []
  const run = [...runsc(mechanism), how, '--bundle', folder, ...from, container]
  const config = bundleConfig({ root, home, command: serverCommand(plan), environment: env, scratch: view.scratch })
  return {
    file: mechanism.unshare,
    args: [...composed(plan), ...bubblewrap, ...run],
    env,
    filter: Buffer.from(config),
    onSpawned: (pid) => plan.confinement.take(pid),
  }
}

/** What `runsc` can be told about a sandbox that runs. `checkpoint` writes its memory into the plan's, and changes nothing else. */
export type Verb = 'pause' | 'resume' | 'checkpoint'

/** Arguments of `nsenter` to tell it of the sandbox whose namespaces `pid` is in. */
export function control(mechanism: GvisorMechanism, pid: number, verb: Verb): string[] {
  const how = verb === 'checkpoint' ? ['--leave-running', ...image] : []
  const namespaces = ['--user', '--mount', '--net', '--pid', '--ipc', '--uts', '--preserve-credentials']
  return ['--target', `${pid}`, ...namespaces, '--', ...runsc(mechanism), verb, ...how, container]
}

function runsc({ runsc: program, platform }: GvisorMechanism): string[] {
  return [
    ...[program, '--root', state, '--ignore-cgroups', '--network=none', `--platform=${platform}`],
    // Every write goes to the layer at once: the daemon reads it from outside.
    ...['--oci-seccomp', '--overlay2=none', '--file-access-mounts=shared', '--host-uds=none', '--host-fifo=none'],
  ]
}
