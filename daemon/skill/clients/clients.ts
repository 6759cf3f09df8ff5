import type { Path } from '../document/location.ts'
import type { Client, ClientFolder, Scope } from './client.ts'
import { type ClientId, clientTable } from './clientTable.ts'

export const clients: Readonly<Record<ClientId, Client>> = clientTable
export const clientIds = Object.keys(clientTable) as readonly ClientId[]

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

function find(path: Path, home: Path | undefined): Placement | undefined {
  let found: Place | undefined
  let start = -1
  for (const place of places) {
    const at = path.lastIndexOf(place.part)
    if (at < 0) continue
    const further = at + place.folder.length - (start + (found?.folder.length ?? 0))
    if (found && (further < 0 || (further === 0 && place.folder.length <= found.folder.length))) continue
    found = place
    start = at
  }
  if (!found) return undefined
  const base = path.slice(0, start)
  const scope = base === home ? 'personal' : 'project'
  return { folder: found.folder, scope, root: `${base}/${found.folder}`, base, readers: found.readers[scope] }
}

interface Place {
  readonly folder: string
  readonly part: string
  readonly readers: Readonly<Record<'personal' | 'project', Placement['readers']>>
}

const places = [...new Set(Object.values(clients).flatMap(({ folders }) => folders.map(({ path }) => path)))].map(
  (folder): Place => {
    const readers = { personal: readersOf(folder, 'personal'), project: readersOf(folder, 'project') }
    return { folder, part: `/${folder}/`, readers }
  },
)

function readersOf(path: string, scope: Scope): Placement['readers'] {
  return clientIds.flatMap((client) => {
    const folder = clients[client].folders.find((each) => each.path === path && each.scope === scope)
    return folder ? [{ client, belongs: folder.belongs }] : []
  })
}
