import { dirname } from 'node:path'
import type { SandboxView } from '../bubblewrap/sandboxView.ts'

const newUserNamespace = 0x10000000

/** Refused with EPERM; a `SCMP_ACT_TRACE` that nobody traces, with ENOSYS. No other error can be chosen. */
const refusedCalls = [
  // As process 1 anywhere else, the exec server is not to be ended by what it runs.
  {
    names: ['kill', 'tkill', 'tgkill', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo', 'prlimit64'],
    action: 'SCMP_ACT_ERRNO',
    args: [{ index: 0, op: 'SCMP_CMP_MASKED_EQ', value: 0xffffffff, valueTwo: 1 }],
  },
  { names: ['unshare', 'setns', 'mount', 'umount2', 'pivot_root'], action: 'SCMP_ACT_ERRNO' },
  {
    names: ['clone'],
    action: 'SCMP_ACT_ERRNO',
    args: [{ index: 0, op: 'SCMP_CMP_MASKED_EQ', value: newUserNamespace, valueTwo: newUserNamespace }],
  },
  // clone3 hides its flags behind a pointer; programs fall back to clone.
  { names: ['clone3'], action: 'SCMP_ACT_TRACE' },
]

/** What runs in gVisor, and which folders of the view around it can be written. Paths absolute and without links. */
export interface BundleParams {
  readonly root: string
  readonly home: string
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly scratch: SandboxView['scratch']
}

/**
 * The OCI configuration of a sandbox: the view's root read-only, and in it the home and the layer. One user, who is
 * called root inside and has no capability but to listen on ports below 1024 of the loopback, the only network there is.
 */
export function bundleConfig({ root, home, command, environment, scratch }: BundleParams): string {
  const capabilities = ['CAP_NET_BIND_SERVICE']
  const [bounding, effective, permitted, inheritable] = [capabilities, capabilities, capabilities, capabilities]
  // What lies in another comes after it.
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc', options: [] },
    ...scratch.folders.map((at) => temporary(at, scratch.bytes)),
    ...[home, ...between(home, root), root].map(bind),
  ].sort((a, b) => (a.destination < b.destination ? -1 : 1))
  return JSON.stringify({
    ociVersion: '1.0.2',
    hostname: 'paddock',
    root: { path: '/', readonly: true },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0, umask: 0o22 },
      cwd: '/',
      args: command,
      env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      capabilities: { bounding, effective, permitted, inheritable, ambient: capabilities },
      noNewPrivileges: true,
    },
    mounts,
    linux: {
      namespaces: ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })),
      seccomp: { defaultAction: 'SCMP_ACT_ALLOW', syscalls: refusedCalls },
    },
  })
}

/** The folders on the way, as mounts: from inside, none of them can be moved or replaced. */
function between(home: string, root: string): string[] {
  const folders: string[] = []
  for (let at = dirname(root); at.startsWith(`${home}/`); at = dirname(at)) folders.push(at)
  return folders
}

function bind(at: string) {
  return { destination: at, type: 'bind', source: at, options: ['rw', 'rbind', 'nosuid', 'nodev'] }
}

/** In gVisor's own memory. */
function temporary(destination: string, size: number) {
  return { destination, type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777', `size=${size}`] }
}
