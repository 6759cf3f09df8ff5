import { existsSync } from 'node:fs'
import { totalmem } from 'node:os'
import type { ContainerCreateOptions } from 'dockerode'
import type { Limits } from '#protocol/sandbox.ts'
import { callNumbers, seccompFilter } from '../bubblewrap/seccompFilter.ts'
import { execServerArgs } from '../execServer/program.ts'
import addFilter from './addFilter.pl'
import { passingLabels } from './leftovers.ts'
import type { BaseSystem, SystemMount } from './system.ts'

/** Everything that one container is made from. Paths absolute and without links. */
export interface Plan {
  readonly owner: string
  /** `uid:gid` */
  readonly user: string
  readonly base: BaseSystem
  readonly system: readonly SystemMount[]
  readonly layerVolume: string
  readonly root: string
  readonly home: string
  readonly storedHome: string
  readonly identity: string | undefined
  readonly limits: Limits
  readonly environment: Readonly<Record<string, string>>
  readonly runtime: string | undefined
}

const MiB = 1 << 20
const scratchLimit = Math.min(4 * 2 ** 30, Math.floor(totalmem() / 4))

/** For a daemon that runs as root: what installing packages takes. Any other has none at all. */
const rootCapabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID']

/** The engine's own list, and what it leaves writable for root. */
const readOnlyPaths = [
  ...['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  ...['/dev', '/sys/fs/cgroup'],
]

/** A container with the exec server as process 1, that is gone when it ends. */
export function containerOptions(plan: Plan): ContainerCreateOptions {
  const { root, home, storedHome, identity, limits, user } = plan
  const { memoryMiB, processes, cpus, diskMiB, ...others } = limits
  // A process inside another kernel is none that the engine can count.
  const byServer = plan.runtime && processes ? { ...others, processes } : others
  const filter = seccompFilter(process.arch, { unixSockets: true, guardsFirst: plan.runtime !== undefined })
  if (!filter) throw new Error(`no seccomp filter for ${process.arch}`)
  const volume = (source: string, target: string) => ({
    Type: 'volume' as const,
    Source: source,
    Target: target,
    VolumeOptions: { NoCopy: true } as never,
  })
  const bind = (source: string, target: string, readOnly: boolean) => ({
    Type: 'bind' as const,
    Source: source,
    Target: target,
    ReadOnly: readOnly,
    BindOptions: { Propagation: 'rprivate' as const },
  })
  const [uid, gid] = user.split(':')
  // The engine gives these the mode of the image's folder, so they belong to the user.
  const scratch = `rw,nosuid,nodev,mode=1777,uid=${uid},gid=${gid},size=${scratchLimit}`
  return {
    Image: plan.base.image,
    Entrypoint: ['perl', '-e', addFilter, `${callNumbers()['prctl']}`, filter.toString('hex')],
    Cmd: ['perl', ...execServerArgs({ calls: callNumbers(), keep: [root, home], limits: byServer })],
    User: user,
    Env: Object.entries(plan.environment).map(([name, value]) => `${name}=${value}`),
    WorkingDir: '/',
    Hostname: 'paddock',
    Labels: passingLabels(plan.owner),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    HostConfig: {
      AutoRemove: true,
      ...(plan.runtime ? { Runtime: plan.runtime } : {}),
      NetworkMode: 'none',
      Dns: ['127.0.0.1'],
      DnsOptions: ['attempts:1'],
      IpcMode: 'private',
      CapDrop: ['ALL'],
      CapAdd: user.startsWith('0:') ? rootCapabilities : [],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      ReadonlyPaths: readOnlyPaths,
      OomScoreAdj: 500,
      // What it prints is the exec server's wire, and goes to the daemon alone.
      LogConfig: { Type: 'none', Config: {} },
      Sysctls: {
        'net.ipv4.ip_unprivileged_port_start': '0',
        // Its loopback has the newer address too, which the engine takes away where there is no network.
        ...(existsSync('/proc/sys/net/ipv6') ? { 'net.ipv6.conf.all.disable_ipv6': '0' } : {}),
      },
      ...(memoryMiB ? { Memory: memoryMiB * MiB, MemorySwap: memoryMiB * MiB } : {}),
      ...(processes && !plan.runtime ? { PidsLimit: processes } : {}),
      ...(cpus ? { NanoCpus: Math.round(cpus * 1e9) } : {}),
      Tmpfs: {
        '/tmp': `${scratch},exec`,
        '/var/tmp': `${scratch},exec`,
        '/run': `${scratch},noexec`,
        ...(identity ? {} : { '/.paddock': 'ro,noexec,nosuid,nodev,mode=555' }),
      },
      Mounts: [
        ...plan.system.map(({ volume: source, at }) => volume(source, at)),
        bind(storedHome, home, false),
        volume(plan.layerVolume, root),
        ...(identity ? [bind(identity, '/.paddock', true)] : []),
      ] as never,
    },
  }
}
