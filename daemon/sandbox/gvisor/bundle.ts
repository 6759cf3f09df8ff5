import type { SandboxView } from '../bubblewrap/sandboxView.ts'

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
    ...[home, root].map(bind),
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
    linux: { namespaces: ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })) },
  })
}

function bind(at: string) {
  return { destination: at, type: 'bind', source: at, options: ['rw', 'rbind', 'nosuid', 'nodev'] }
}

/** In gVisor's own memory. */
function temporary(destination: string, size: number) {
  return { destination, type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777', `size=${size}`] }
}
