import { constants, existsSync, realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Limits } from '#protocol/sandbox.ts'
import type { Confinement } from '../cgroup/confinement.ts'
import constantsPart from '../execServer/constants.pl'
import type { Launch } from '../execServer/execServer.ts'
import { execServerArgs } from '../execServer/program.ts'
import composeMounts from './composeMounts.pl'
import { type SandboxView, stagingFolder } from './sandboxView.ts'
import type { CallNumbers } from './seccompFilter.ts'

/** The programs that a sandbox is made with, and what goes with them on this machine. */
export interface Mechanism {
  readonly bwrap: string
  readonly perl: string
  readonly unshare: string
  readonly nsenter: string
  /** `--disable-userns`, where this bwrap knows it. The seccomp filter refuses nested user namespaces either way. */
  readonly hardening: readonly string[]
  readonly filter: Buffer
  /** What `callNumbers` answers. */
  readonly calls: CallNumbers
}

/** Everything that one sandbox is started from. Paths absolute and without links. */
export interface Plan<M extends Mechanism = Mechanism> {
  readonly mechanism: M
  readonly view: SandboxView
  readonly root: string
  readonly home: string
  readonly storedHome: string
  readonly layer: { readonly lower: string; readonly upper: string; readonly work: string }
  readonly identity?: string
  /** A folder of the daemon's for what runs in it to be saved in, for kinds that can; it is at `memory` in the staging folder. */
  readonly memory?: string
  readonly confinement: Confinement
  readonly limits?: Limits
}

/**
 * Starts the holder: user, mount and network namespaces in which composeMounts.pl lays out the files, and in it bwrap
 * with the exec server. Each step becomes the next one, so it is a single child of the daemon and dies with it.
 */
export function launchHolder(plan: Plan): Launch {
  const { mechanism, view } = plan
  const args = [...composed(plan), ...bubblewrap(plan), ...view.mounts, '--chdir', '/', '--', ...serverCommand(plan)]
  const { filter } = mechanism
  return {
    file: mechanism.unshare,
    args,
    env: environment(plan),
    filter,
    onSpawned: (pid) => plan.confinement.take(pid),
  }
}

/** Options of bwrap: all is laid out, but what it is for does not start before `Launch.onSpawned` is done. */
export const heldFirst = ['--block-fd', '4']

/** composeMounts.pl, as it is run. */
const program = `${constantsPart}\n${composeMounts}`

/** Arguments of `unshare` up to those of bwrap: namespaces in which the view lies as `SandboxView.mounts` expects it. */
export function composed({
  mechanism,
  view,
  root,
  home,
  storedHome,
  layer,
  identity = '',
  memory = '',
}: Plan): string[] {
  const places = [root, layer.lower, layer.upper, layer.work, home, storedHome]
  const flags = [constants.O_DIRECTORY, constants.O_NOFOLLOW].map(String)
  const compose = [...flags, ...places, stagingFolder(), identity, memory, resolverFile()]
  return [
    ...['--user', '--mount', '--net', '--map-root-user', '--propagation', 'private', '--'],
    ...[mechanism.perl, '-w', '-e', program, ...compose, `${view.toolchains.length}`, ...view.toolchains],
    ...[`${view.steps.length}`, ...view.steps.flat()],
  ]
}

/** What process 1 of a sandbox is. */
export function serverCommand({ mechanism, root, home, limits = {} }: Plan): string[] {
  return [mechanism.perl, ...execServerArgs({ calls: mechanism.calls, keep: [root, home], limits })]
}

function bubblewrap({ mechanism }: Plan): string[] {
  return [
    mechanism.bwrap,
    ...['--unshare-user', ...mechanism.hardening],
    ...['--uid', `${process.getuid?.() ?? 0}`, '--gid', `${process.getgid?.() ?? 0}`],
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--hostname', 'paddock', '--cap-drop', 'ALL', '--die-with-parent', '--new-session', '--as-pid-1'],
    ...['--seccomp', '3', ...heldFirst],
  ]
}

/** Where the name servers are listed, without links; empty where there is no such file, which means the loopback too. */
function resolverFile(): string {
  try {
    return realpathSync('/etc/resolv.conf')
  } catch {
    return ''
  }
}

/** What commands find in their environment. Nothing of the daemon's own but PATH, filtered. */
export function environment({ view, home }: Pick<Plan, 'view' | 'home'>): Record<string, string> {
  const user = userName()
  return {
    PATH: view.path,
    HOME: home,
    USER: user,
    LOGNAME: user,
    SHELL: shell(),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: '/tmp',
    PADDOCK: '1',
  }
}

/** The shell that command lines run in. */
export function shell(): string {
  return existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh'
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without a name, as in many containers.
    return 'user'
  }
}
