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
  const found = places
    .map((place) => ({ ...place, at: path.lastIndexOf(`/${place.path}/`) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => b.at + b.path.length - (a.at + a.path.length) || b.path.length - a.path.length)[0]
  if (!found) return undefined
  const base = path.slice(0, found.at)
  const scope: Scope = base === home ? 'personal' : 'project'
  const readers = clientIds.flatMap((client) => {
    const folder = clients[client].folders.find((each) => each.path === found.path && each.scope === scope)
    return folder ? [{ client, belongs: folder.belongs }] : []
  })
  return { folder: found.path, scope, root: `${base}/${found.path}`, base, readers }
}

const places = [...new Set(Object.values(clients).flatMap(({ folders }) => folders.map(({ path }) => path)))].map(
  (path) => ({ path }),
)
