import type { Client } from '../clients/client.ts'
import { clientIds, clients } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { Path } from '../document/location.ts'
import type { FileRecord, ListingSum } from './catalogue.ts'
import { listingCost } from './listingCost.ts'

const listing = clientIds.filter((id) => (clients[id] as Client).listing)
const zero = listing.map(() => 0)

/** What the skills in one folder cost each client of `listing`, by its place there. */
interface Sum {
  skills: number
  readonly used: number[]
}

/** What the listings of clients cost in each folder of skills, kept while skills come and go. */
export class ListingSums {
  /** By the folder of skills, of the home directory together. */
  readonly #sums = new Map<string, Sum>()

  add(record: FileRecord): void {
    this.#change(record, 1)
  }

  remove(record: FileRecord): void {
    this.#change(record, -1)
  }

  /** What was asked since the last change: skill after skill of one project asks the same. */
  readonly #answers = new Map<Path, Map<ClientId, ListingSum>>()

  /** Of all skills in the folders that a client reads in the project at `base` and, of any project, in the home directory. */
  of(client: ClientId, base: Path): ListingSum {
    const answers = this.#answers.get(base) ?? new Map<ClientId, ListingSum>()
    this.#answers.set(base, answers)
    const known = answers.get(client)
    if (known) return known
    const place = listing.indexOf(client)
    const { folders }: Client = clients[client]
    const keys = folders.map(({ path, scope }) => keyOf(scope, path, base))
    const found = [...new Set(keys)].flatMap((key) => this.#sums.get(key) ?? [])
    const used = found.reduce((sum, each) => sum + (each.used[place] ?? 0), 0)
    const answer = { used, skills: found.reduce((sum, { skills }) => sum + skills, 0) }
    answers.set(client, answer)
    return answer
  }

  #change(record: FileRecord, by: 1 | -1): void {
    if (this.#answers.size > 0) this.#answers.clear()
    for (const key of keysOf(record)) {
      const sum = this.#sums.get(key) ?? { skills: 0, used: [...zero] }
      if (sum.skills === 0) this.#sums.set(key, sum)
      sum.skills += by
      for (let at = 0; at < listing.length; at++) sum.used[at]! += by * listingCost(listing[at]!, record)
      if (sum.skills === 0) this.#sums.delete(key)
    }
  }
}

function keyOf(scope: FileRecord['scope'], folder: string, base: Path): string {
  return scope === 'personal' ? `personal ${folder}` : `${scope} ${base}/${folder}/`
}

/** A folder of skills can lie in another: what is in the inner one is in both. */
function keysOf({ path, folder, scope }: FileRecord): string[] {
  if (folder === undefined) return []
  if (scope === 'personal') return [keyOf(scope, folder, '')]
  const part = `/${folder}/`
  const keys: string[] = []
  for (let at = path.indexOf(part); at >= 0; at = path.indexOf(part, at + 1)) {
    keys.push(keyOf(scope, folder, path.slice(0, at)))
  }
  return keys
}
