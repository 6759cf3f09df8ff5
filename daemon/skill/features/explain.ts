import { type Listing, listingIn, rivalsOf } from '../catalogue/precedence.ts'
import { acceptances } from '../clients/acceptance.ts'
import { clients, placementOf } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Path } from '../document/location.ts'
import { count } from '../rules/entries.ts'
import type { FeatureContext } from './feature.ts'

/** What one client makes of a skill, and why: the answer to “why is it not loaded, or not used?”. */
export interface ClientExplanation {
  readonly client: ClientId
  readonly title: string
  readonly verdict: 'shown' | 'hidden' | 'elsewhere' | 'refused'
  /** In the order in which the client goes: folder, frontmatter, name, description, precedence, who may start it, listing. */
  readonly steps: readonly string[]
  /** The file that the client takes instead. */
  readonly winner: Path | undefined
  readonly listing: Listing | undefined
}

export const explainMethod = 'paddock/explainSkill'

/** Explains a skill for every client. */
export function explain(
  document: SkillDocument,
  { catalogue, home }: Pick<FeatureContext, 'catalogue' | 'home'>,
): ClientExplanation[] {
  const { path } = document
  const record = path === undefined ? undefined : catalogue.get(path)
  const placement = path === undefined ? undefined : placementOf(path, home)
  const standpoint = { project: placement?.scope === 'project' ? placement.base || '/' : undefined, home }
  return acceptances(document, home).map(({ client, verdict, reasons }): ClientExplanation => {
    const base = { client, title: clients[client].title, winner: undefined, listing: undefined }
    if (verdict !== 'loads') {
      return { ...base, verdict: verdict === 'refuses' ? 'refused' : 'elsewhere', steps: reasons }
    }
    const name = client === 'claude-code' ? document.folder : (record?.name ?? document.folder)
    const { ranked, shown } = rivalsOf(client, name ?? '', catalogue, standpoint)
    const place = ranked.findIndex((rival) => rival.path === path)
    const winner = place >= shown ? ranked[0]?.path : undefined
    const listing = listingIn(client, catalogue, standpoint, undefined)
    const steps = [
      'It lies where the client looks, and can be read.',
      ...precedenceStep(winner, ranked.length),
      ...startSteps(document),
      ...listingStep(listing),
    ]
    return { ...base, verdict: winner === undefined ? 'shown' : 'hidden', steps, winner, listing }
  })
}

function precedenceStep(winner: Path | undefined, rivals: number): string[] {
  if (winner !== undefined) return [`Another skill of this name is taken instead: ${winner}.`]
  return rivals > 1 ? ['It is taken before the other skills of its name.'] : []
}

function startSteps(document: SkillDocument): string[] {
  const flag = (key: string) => document.entry(key)?.value.scalar
  const byModel = flag('disable-model-invocation') !== true
  const byPeople = flag('user-invocable') !== false
  if (!byModel && !byPeople) return ['Neither the model nor people can start it: both ways are switched off.']
  return [
    ...(byModel ? [] : ['The model does not see it: `disable-model-invocation` is true.']),
    ...(byPeople ? [] : ['It is no command: `user-invocable` is false.']),
  ]
}

function listingStep(listing: Listing | undefined): string[] {
  if (!listing || listing.used <= listing.budget) return []
  return [
    `The listing of ${count(listing.skills)} skills has ${count(listing.used)} ${listing.unit}, and room for ${count(listing.budget)}: descriptions are left out.`,
  ]
}
