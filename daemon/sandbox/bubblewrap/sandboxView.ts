import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'

/** What a sandbox is made of on the host. Paths absolute and without links. */
export interface ViewParams {
  readonly root: string
  /** The user's own home folder. */
  readonly home: string
  /** Folders and files of the daemon's that nothing inside may see. */
  readonly hide: readonly string[]
  /** The PATH of the daemon. */
  readonly path: string
  /** What all of the sandbox may have in memory, where that is limited. */
  readonly memoryMiB?: number | undefined
}

/** What is seen inside, beside the machine's read-only root. */
export interface SandboxView {
  /** Folders of the user's home that appear inside, read-only, at their own places. */
  readonly toolchains: readonly string[]
  /** What composeMounts.pl lays out, in this order. */
  readonly steps: readonly Step[]
  /** Options of bwrap that make the rest: devices, processes, and the layer in its place. */
  readonly mounts: readonly string[]
  /** Folders among them that begin empty and can be written, each up to so many bytes. */
  readonly scratch: { readonly folders: readonly string[]; readonly bytes: number }
  /** PATH inside: the user's, without what is not there. */
  readonly path: string
}

/** What is done at a place of the view, and what it takes to do it; composeMounts.pl says what each means. */
type Step = readonly [
  verb: 'show' | 'link' | 'hide' | 'room' | 'scratch' | 'home' | 'folder',
  at: string,
  detail: string,
]

/** Below the home folder: programs and their libraries, and no credentials. */
const toolchains = [
  '.asdf',
  '.bun/bin',
  '.cargo/bin',
  '.deno/bin',
  '.dotnet',
  '.fnm',
  '.ghcup',
  '.goenv',
  '.jenv',
  '.juliaup',
  '.local/bin',
  '.local/pipx',
  '.local/share/fnm',
  '.local/share/mise',
  '.local/share/pipx',
  '.local/share/pnpm',
  '.local/share/uv/python',
  '.local/share/uv/tools',
  '.nodenv',
  '.nvm',
  '.pyenv',
  '.rbenv',
  '.rustup',
  '.sdkman',
  '.volta',
  'anaconda3',
  'go',
  'miniconda3',
  'miniforge3',
]

/** Empty, writable, gone with the sandbox. Sockets of the host's services live in these. */
const sharedMemory = '/dev/shm'
const scratch = ['/tmp', '/var/tmp', '/run', sharedMemory]

/** Empty where they could be read: homes of others, and what only root can read, for a daemon that runs as root. */
const covered = [
  '/home',
  '/root',
  '/mnt/c/Users',
  '/etc/shadow',
  '/etc/shadow-',
  '/etc/gshadow',
  '/etc/gshadow-',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/ssh/ssh_host_dsa_key',
  '/etc/ssh/ssh_host_ecdsa_key',
  '/etc/ssh/ssh_host_ed25519_key',
  '/etc/ssh/ssh_host_rsa_key',
  '/etc/ssl/private',
  '/etc/NetworkManager/system-connections',
  '/etc/wireguard',
  '/etc/openvpn',
  '/etc/kubernetes',
  '/var/backups',
  '/var/lib/containerd',
  '/var/lib/docker',
  '/var/lib/kubelet',
  '/var/lib/systemd/coredump',
  '/var/log',
  '/var/mail',
  '/var/spool/cron',
]

/** What programs ask of processors and memory. The rest of /sys is the machine's: its devices, networks, control groups. */
const hardware = ['/sys/devices/system', '/sys/kernel/mm']

/** Writable for a daemon that runs as root, whatever its namespaces: settings and switches of the whole machine. */
const machineSettings = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi', 'scsi', 'driver', 'mtrr', 'pressure'].map(
  (name) => `/proc/${name}`,
)

const identityFolder = '/.paddock'
const defaultPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/**
 * Where composeMounts.pl leaves the layer (`layer`) and the view around it (`view`) for bubblewrap to bind: a folder that
 * no workspace lies in and that the sandbox's own /dev covers.
 */
export function stagingFolder(): string {
  return ['/dev/pts', '/dev/shm', '/dev/mqueue'].find(isFolder) ?? '/dev/pts'
}

export function sandboxView({ root, home, hide, path, memoryMiB }: ViewParams): SandboxView {
  // What lies in it is memory, and no process that could be ended holds it.
  const scratchLimit = Math.floor(Math.min(4 * 2 ** 30, Math.min(totalmem(), (memoryMiB ?? Infinity) * 2 ** 20) / 4))
  const tools = toolchains
    .map((name) => join(home, name))
    .filter((folder) => isRealFolder(folder, home) && !hide.some((hidden) => overlaps(hidden, folder)))
    .filter((folder) => folder !== root && !isWithin(folder, root))
  const scratched = present(scratch)
  // bwrap mounts nothing below what agents write: their links must not lead a mount elsewhere.
  const writable = [home, root, ...scratched]
  const covers = [...present(covered).filter(isReadable), ...present(hide)].filter(
    (cover) => !writable.some((folder) => isWithin(cover, folder)),
  )
  const placed = [
    ...scratched.filter((at) => at !== sharedMemory).map((at): Step => ['scratch', at, `${scratchLimit}`]),
    ...covers.map((at): Step => {
      return writable.some((folder) => isWithin(folder, at)) ? ['room', at, ''] : ['hide', at, kindOf(at)]
    }),
    ['home', home, ''] as const,
    ...(isWithin(root, home) ? [] : [['folder', root, ''] as const]),
  ].sort(([, a], [, b]) => (a < b ? -1 : 1))
  const steps = [
    ...topLevel()
      .filter((at) => !scratched.includes(at) && !covers.includes(at))
      .flatMap(shown),
    ...hardware.filter(isFolder).flatMap(shown),
    ...placed,
  ]
  const staging = stagingFolder()
  const mounts = [
    ...['--bind', `${staging}/view`, '/', '--dev', '/dev', '--proc', '/proc'],
    ...machineSettings.filter((path) => existsSync(path)).flatMap((path) => ['--ro-bind', path, path]),
    ...(scratched.includes(sharedMemory)
      ? ['--perms', '1777', '--size', `${scratchLimit}`, '--tmpfs', sharedMemory]
      : []),
    ...['--bind', `${staging}/layer`, root, '--remount-ro', '/dev'],
  ]
  const hidden = [...scratched, ...covers]
  const isThere = (folder: string) => {
    if (isWithin(folder, root)) return true
    if (isWithin(folder, home)) return tools.some((tool) => isWithin(folder, tool))
    return folder.startsWith('/') && !hidden.some((cover) => isWithin(folder, cover)) && isFolder(folder)
  }
  const folders = [...path.split(':').filter(isThere), ...defaultPath, join(home, '.local/bin')]
  return {
    toolchains: tools,
    steps,
    mounts,
    scratch: { folders: scratched, bytes: scratchLimit },
    path: [...new Set(folders)].join(':'),
  }
}

/** What lies at the root of the machine's file system: a sandbox's own root holds the same, and what is Paddock's. */
function topLevel(): string[] {
  return readdirSync('/', 'buffer')
    .filter((name) => Buffer.from(name.toString()).equals(name))
    .map((name) => `/${name}`)
    .filter((at) => !['/dev', '/proc', '/sys', identityFolder].includes(at))
}

/** As it is, read-only; links as links. */
function shown(at: string): Step[] {
  const entry = lstatSync(at, { throwIfNoEntry: false })
  if (entry?.isSymbolicLink()) return [['link', at, readlinkSync(at)]]
  return entry?.isDirectory() || entry?.isFile() ? [['show', at, kindOf(at)]] : []
}

function kindOf(at: string): 'folder' | 'file' {
  return isFolder(at) ? 'folder' : 'file'
}

/** Why a folder cannot be a workspace, or nothing. `root` is without links. */
export function whyNotUsable({ root, home, hide }: Omit<ViewParams, 'path'>): string | undefined {
  if (root === '/') return 'it is the root of the file system.'
  if (root === home) return 'it is your home folder, which a sandbox hides. Open a folder in it.'
  if (isWithin(home, root)) return 'your home folder, which a sandbox hides, lies in it.'
  for (const hidden of hide.flatMap((path) => present([path]))) {
    if (isWithin(hidden, root)) return `Paddock keeps its own data in it, at ${hidden}.`
    if (isWithin(root, hidden)) return `it lies in Paddock's own data folder, ${hidden}.`
  }
  const system = ['/dev', '/proc', '/sys', '/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc', ...present(scratch)]
  const within = system.find((folder) => isWithin(folder, root))
  if (within) return `the system's ${within} lies in it.`
  if (['/proc', '/sys', '/dev'].some((folder) => isWithin(root, folder))) return 'it is no folder of files.'
  return undefined
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

function overlaps(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a)
}

/** Those that exist, with links resolved, each once. */
function present(paths: readonly string[]): string[] {
  return [...new Set(paths.filter((path) => existsSync(path)).map((path) => realpathSync(path)))]
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** No part of the way from `home` is a link: a link could lead to what the home hides. */
function isRealFolder(folder: string, home: string): boolean {
  for (let part = folder; part !== home; part = dirname(part)) {
    try {
      if (!lstatSync(part).isDirectory()) return false
    } catch {
      return false
    }
  }
  return true
}
