import type { Client } from '../clients/client.ts'
import { clients } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { FileRecord } from './catalogue.ts'

const around = 6
export const charactersPerToken = 4

/** What the model sees of one skill in a client's listing, in the budget's unit. */
export function listingCost(client: ClientId, record: Pick<FileRecord, 'name' | 'description'>): number {
  const { listing } = clients[client] as Client
  const text = Math.min(record.description.length, listing?.perSkill ?? record.description.length)
  const characters = record.name.length + text + around
  return listing?.unit === 'tokens' ? Math.ceil(characters / charactersPerToken) : characters
}
