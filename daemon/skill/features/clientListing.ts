import type { Catalogue } from '../catalogue/catalogue.ts'
import { listingCost } from '../catalogue/listingCost.ts'
import { type Listing, listingIn, rivalsIn, type Standpoint } from '../catalogue/precedence.ts'
import type { Scope } from '../clients/client.ts'
import { clientIds, clients } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { Path } from '../document/location.ts'

/**
 * What a client makes of a file: it is `shown`, another of its name is taken instead (`shadowed`), or the listing has no room left for
 * its description (`cut`).
 */
type ListedState = 'shown' | 'shadowed' | 'cut'

export interface ListedSkill {
  /** As the client calls it. */
  readonly name: string
  readonly path: Path
  readonly description: string
  readonly scope: Scope
  readonly state: ListedState
  /** The file that is taken instead of one that is shadowed. */
  readonly winner?: Path
}

/** The skills that one client finds. */
export interface ClientListing {
  readonly client: ClientId
  readonly title: string
  readonly skills: readonly ListedSkill[]
  readonly listing?: Listing
  /** More skills than are told. */
  readonly more: number
}

/** More of one client are not told: nobody reads them one by one. */
const mostSkills = 20_000

/**
 * Per client that looks for skills itself, by name, the winner first. Which descriptions a client leaves out depends on how often each was
 * used, which only the client knows; as `cut` count those that do not fit in the order of names. `window` is the context window in tokens.
 */
export function clientListings(
  catalogue: Catalogue,
  standpoint: Standpoint,
  window?: number,
  of: readonly ClientId[] = clientIds,
): ClientListing[] {
  return of
    .filter((client) => clients[client].folders.length > 0)
    .map((client) => listingOf(client, catalogue, standpoint, window))
}

function listingOf(
  client: ClientId,
  catalogue: Catalogue,
  standpoint: Standpoint,
  window: number | undefined,
): ClientListing {
  const listing = listingIn(client, catalogue, standpoint, window)
  let room = listing?.budget ?? Number.POSITIVE_INFINITY
  const sorted = rivalsIn(client, catalogue, standpoint).sort((a, b) => (a.name < b.name ? -1 : 1))
  const skills = sorted.flatMap(({ name, ranked, shown }) =>
    ranked.map((record, place): ListedSkill => {
      const { path, description, scope = 'project' } = record
      const skill = { name, path, description, scope }
      if (place >= shown) return { ...skill, state: 'shadowed', winner: ranked[0]!.path }
      room -= listing ? listingCost(client, record) : 0
      return { ...skill, state: room < 0 ? 'cut' : 'shown' }
    }),
  )
  return {
    client,
    title: clients[client].title,
    skills: skills.slice(0, mostSkills),
    ...(listing && { listing }),
    more: Math.max(0, skills.length - mostSkills),
  }
}
