import type { Client } from '../clients/client.ts'
import { clients, placementOf } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import { isInside, nameIn, type Path, parentOf } from '../document/location.ts'
import type { Catalogue, FileRecord } from './catalogue.ts'
import { charactersPerToken, listingCost } from './listingCost.ts'

/** Where a client is started, and whose it is. */
export interface Standpoint {
  /** The folder that it works in; skills of folders around it count, too. */
  readonly project: Path | undefined
  readonly home: Path | undefined
}

/** The skills of one name in one client, the strongest first. */
export interface Rivals {
  readonly name: string
  readonly ranked: readonly FileRecord[]
  /** How many of `ranked` the client shows: one, or all where it does not merge equal names. */
  readonly shown: number
}

/** What a client calls a skill. */
function calledBy(client: ClientId, { name, path, kind }: FileRecord): string {
  return client === 'claude-code' && kind === 'skill' ? nameIn(parentOf(path)) : name
}

/** Every skill that a client finds from a standpoint, by name: which file wins, and which it hides. */
export function rivalsIn(client: ClientId, catalogue: Catalogue, standpoint: Standpoint): Rivals[] {
  const byName = new Map<string, FileRecord[]>()
  for (const record of catalogue.ofKind('skill')) {
    if (!finds(client, record, standpoint)) continue
    const name = calledBy(client, record)
    byName.set(name, [...(byName.get(name) ?? []), record])
  }
  return [...byName].map(([name, records]) => rivals(client, name, records, standpoint.home))
}

/** The skills that are called `name` in a client. */
export function rivalsOf(client: ClientId, name: string, catalogue: Catalogue, standpoint: Standpoint): Rivals {
  const records = catalogue
    .skills(name)
    .filter((record) => record.kind === 'skill' && calledBy(client, record) === name)
    .filter((record) => finds(client, record, standpoint))
  return rivals(client, name, records, standpoint.home)
}

/** Whether a client looks where a skill lies. */
function finds(client: ClientId, { path }: FileRecord, { project, home }: Standpoint): boolean {
  const placement = placementOf(path, home)
  if (!placement?.readers.some((reader) => reader.client === client)) return false
  const depth = path.slice(placement.root.length + 1).split('/').length - 1
  if (depth > folderOf(client, placement.folder)!.depth) return false
  return placement.scope === 'personal' || (project !== undefined && isInside(placement.base || '/', project))
}

function rivals(client: ClientId, name: string, records: readonly FileRecord[], home: Path | undefined): Rivals {
  const { rule, scopes } = (clients[client] as Client).precedence
  const { folders } = clients[client]
  const strength = (record: FileRecord) => {
    const scope = scopes.indexOf(record.scope ?? 'project')
    const folder = folders.findIndex((each) => each.path === record.folder && each.scope === record.scope)
    const base = placementOf(record.path, home)?.base.length ?? 0
    // Inside a scope the folder nearest to where the client is started comes first.
    return [scope, record.scope === 'project' ? -base : 0, rule === 'lastWins' ? -folder : folder] as const
  }
  const ranked = [...records].sort((a, b) => {
    const one = strength(a)
    const other = strength(b)
    return one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || (a.path < b.path ? -1 : 1)
  })
  return { name, ranked, shown: rule === 'allListed' ? ranked.length : Math.min(1, ranked.length) }
}

function folderOf(client: ClientId, path: string) {
  return clients[client].folders.find((folder) => folder.path === path)
}

/** What the listing of all skills costs in a client. */
export interface Listing {
  /** In the budget's unit; a skill's name, description and a few characters around them. */
  readonly used: number
  readonly budget: number
  readonly unit: 'characters' | 'tokens'
  readonly skills: number
}

/** The whole listing of a client; undefined for one that has no budget. `window` is the context window in tokens. */
export function listingIn(
  client: ClientId,
  catalogue: Catalogue,
  standpoint: Standpoint,
  window: number | undefined,
): Listing | undefined {
  const { listing } = clients[client] as Client
  if (!listing) return undefined
  const shown = rivalsIn(client, catalogue, standpoint).flatMap(({ ranked, shown: count }) => ranked.slice(0, count))
  const used = shown.reduce((sum, record) => sum + listingCost(client, record), 0)
  const share =
    window === undefined ? undefined : window * listing.share * (listing.unit === 'characters' ? charactersPerToken : 1)
  return { used, budget: Math.round(share ?? listing.fallback), unit: listing.unit, skills: shown.length }
}
