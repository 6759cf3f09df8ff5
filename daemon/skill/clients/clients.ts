import { nameIn, type Path } from '../document/location.ts'
import type { Client, ClientFolder, Scope } from './client.ts'
import { type ClientId, clientTable } from './clientTable.ts'

export const clients: Readonly<Record<ClientId, Client>> = clientTable
export const clientIds = Object.keys(clientTable) as readonly ClientId[]

/** Where any client looks for skills in a project, from its root, each once and in the order of the table. */
export const projectFolders: readonly string[] = [
  ...new Set(
    Object.values(clients).flatMap(({ folders }) =>
      folders.filter(({ scope }) => scope === 'project').map(({ path }) => path),
    ),
  ),
]

/** A folder of skills that a path lies in, and the clients that look there. */
export interface Placement {
  readonly folder: string
  readonly scope: Scope
  /** Where the folder of skills itself is. */
  readonly root: Path
  /** What `root` lies in: the project's root, or a folder below it, or the home directory. */
  readonly base: Path
  readonly readers: readonly { readonly client: ClientId; readonly belongs: ClientFolder['belongs'] }[]
}

/**
 * The folder of skills that `path` lies in, the innermost where there are several; undefined for a file in none. `home` is the home
 * directory, which tells personal folders from a project's.
 */
export function placementOf(path: Path, home: Path | undefined): Placement | undefined {
  // The rules ask for one and the same document again and again.
  if (last?.path !== path || last.home !== home) last = { path, home, placement: find(path, home) }
  return last.placement
}

let last:
  | { readonly path: Path; readonly home: Path | undefined; readonly placement: Placement | undefined }
  | undefined

/** From the end of the path: the first folder on the way that is one of skills is the innermost. */
function find(path: Path, home: Path | undefined): Placement | undefined {
  for (let end = path.lastIndexOf('/'); end > 0; ) {
    const before = path.lastIndexOf('/', end - 1)
    for (const { folder, readers } of placesByName.get(path.slice(before + 1, end)) ?? none) {
      const start = end - folder.length - 1
      if (start < 0 || path[start] !== '/' || !path.startsWith(folder, start + 1)) continue
      const base = path.slice(0, start)
      const scope = base === home ? 'personal' : 'project'
      return { folder, scope, root: path.slice(0, end), base, readers: readers[scope] }
    }
    end = before
  }
  return undefined
}

interface Place {
  readonly folder: string
  readonly readers: Readonly<Record<'personal' | 'project', Placement['readers']>>
}

const none: readonly Place[] = []

/** Folders of skills by their own name; of several that end alike the longer ones first. */
const placesByName = new Map<string, Place[]>()
for (const folder of new Set(Object.values(clients).flatMap(({ folders }) => folders.map(({ path }) => path)))) {
  const readers = { personal: readersOf(folder, 'personal'), project: readersOf(folder, 'project') }
  const alike = [...(placesByName.get(nameIn(folder)) ?? []), { folder, readers }]
  placesByName.set(
    nameIn(folder),
    alike.sort((a, b) => b.folder.length - a.folder.length),
  )
}

function readersOf(path: string, scope: Scope): Placement['readers'] {
  return clientIds.flatMap((client) => {
    const folder = clients[client].folders.find((each) => each.path === path && each.scope === scope)
    return folder ? [{ client, belongs: folder.belongs }] : []
  })
}
