import { posix } from 'node:path'

export type Controller = 'memory' | 'pids' | 'cpu' | 'freezer'

/** A folder of a control group file system below which groups of ours may perhaps be made, and what they would limit. */
export interface Hierarchy {
  readonly version: 1 | 2
  readonly folder: string
  /** For version 2 what may be there; what really is, the group itself says. */
  readonly controllers: readonly Controller[]
}

interface Mount {
  readonly type: string
  readonly root: string
  readonly at: string
  readonly options: readonly string[]
}

const controllers: readonly Controller[] = ['memory', 'pids', 'cpu', 'freezer']

/**
 * Where this process may ask for groups, from its /proc/self/cgroup and /proc/self/mountinfo: its own group in every
 * hierarchy of version 1; of version 2 its own, whose processes often forbid that, and then those above it.
 */
export function hierarchies(groups: string, mountinfo: string): Hierarchy[] {
  const mounts = mountinfo.split('\n').flatMap(parseMount)
  return groups.split('\n').flatMap((line): Hierarchy[] => {
    const [, names, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (names === undefined || path === undefined) return []
    if (names === '') return mounts.filter(({ type }) => type === 'cgroup2').flatMap((mount) => upwards(mount, path))
    const held = controllers.filter((name) => names.split(',').includes(name))
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && held.some((name) => options.includes(name)))
    return mount && held.length > 0 ? [{ version: 1, folder: below(mount, path), controllers: held }] : []
  })
}

function parseMount(line: string): Mount[] {
  const [before, after] = line.split(' - ')
  const [, , , root, at] = before?.split(' ') ?? []
  const [type, , options] = after?.split(' ') ?? []
  if (!root || !at || !type || !options || !type.startsWith('cgroup')) return []
  return [{ type, root: plain(root), at: plain(at), options: options.split(',') }]
}

/** The kernel writes spaces and the like as `\040`. */
function plain(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** Where a group lies below a mount, which may show only a part of the hierarchy. */
function below({ root, at }: Mount, path: string): string {
  const inside = root !== '/' && `${path}/`.startsWith(`${root}/`) ? path.slice(root.length) : path
  return posix.join(at, inside).replace(/(?<=.)\/$/, '')
}

function upwards(mount: Mount, path: string): Hierarchy[] {
  const found: Hierarchy[] = []
  for (let folder = below(mount, path); ; folder = posix.dirname(folder)) {
    if (folder !== mount.at && !folder.startsWith(`${mount.at}/`)) return found
    found.push({ version: 2, folder, controllers })
    if (folder === mount.at) return found
  }
}
