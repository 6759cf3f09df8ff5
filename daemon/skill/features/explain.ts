import { type Listing, listingIn, rivalsOf } from '../catalogue/precedence.ts'
import { acceptances } from '../clients/acceptance.ts'
import type { Client } from '../clients/client.ts'
import { clients, placementOf } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import { actsOn, skillKey } from '../clients/keys.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Path } from '../document/location.ts'
import { saysWhen } from '../rules/descriptionText.ts'
import { count, lengthOf, listed } from '../rules/entries.ts'
import type { FeatureContext } from './feature.ts'

/** What one client makes of a skill, and why: the answer to “why is it not loaded, or not used?”. */
export interface ClientExplanation {
  readonly client: ClientId
  readonly title: string
  readonly verdict: 'shown' | 'hidden' | 'elsewhere' | 'refused'
  /** In the order in which the client goes: folder, frontmatter, name, description, precedence, keys, who may start it and when, listing. */
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
      `It lies in \`${placement?.folder}\`, where the client looks, and can be read.`,
      ...precedenceStep(winner, ranked.length),
      ...keyStep(client, document),
      ...startSteps(client, document),
      ...triggerSteps(client, document),
      ...listingStep(listing),
    ]
    return { ...base, verdict: winner === undefined ? 'shown' : 'hidden', steps, winner, listing }
  })
}

function precedenceStep(winner: Path | undefined, rivals: number): string[] {
  if (winner !== undefined) return [`Another skill of this name is taken instead: ${winner}.`]
  return rivals > 1 ? ['It is taken before the other skills of its name.'] : []
}

function keyStep(client: ClientId, document: SkillDocument): string[] {
  const ignored = document.entries.filter(({ key }) => {
    const known = skillKey(key)
    return known !== undefined && !actsOn(client, known)
  })
  return ignored.length === 0 ? [] : [`It ignores ${listed(ignored.map(({ key }) => `\`${key}\``))}.`]
}

function startSteps(client: ClientId, document: SkillDocument): string[] {
  const flag = (key: string) => {
    const known = skillKey(key)
    return known && actsOn(client, known) ? document.entry(key)?.value.scalar : undefined
  }
  const byModel = flag('disable-model-invocation') !== true
  const byPeople = flag('user-invocable') !== false
  if (!byModel && !byPeople) return ['Neither the model nor people can start it: both ways are switched off.']
  return [
    ...(byModel ? [] : ['The model does not see it: `disable-model-invocation` is true.']),
    ...(byPeople ? [] : ['It is no command: `user-invocable` is false.']),
  ]
}

/** Why the model may not think of it. */
function triggerSteps(client: ClientId, document: SkillDocument): string[] {
  const { description: wanted, listing }: Client = clients[client]
  const value = document.entry('description')?.value
  const description = value?.kind === 'text' ? value.text.trim() : ''
  const paths = skillKey('paths')
  const isBound = document.entry('paths') !== undefined && paths !== undefined && actsOn(client, paths)
  const longest = listing?.perSkill
  const isCut = longest !== undefined && lengthOf(description) > longest
  return [
    ...(isBound ? ['The model sees it only while files that match `paths` are worked on.'] : []),
    ...(description === '' ? ['There is no `description`: the model sees the beginning of the text instead.'] : []),
    ...(description !== '' && !saysWhen(description)
      ? ['The description does not say when to use it, so the model may not think of it.']
      : []),
    ...(wanted.oneLine && value && document.slice(value.span).includes('\n')
      ? ['Of the description only the first line is read.']
      : []),
    ...(isCut ? [`Of the description the model sees ${count(longest)} characters.`] : []),
  ]
}

function listingStep(listing: Listing | undefined): string[] {
  if (!listing) return []
  if (listing.used <= listing.budget) {
    const room = `${count(listing.used)} of ${count(listing.budget)} ${listing.unit}`
    return [`All descriptions of its listing of skills have room: ${room} are used.`]
  }
  return [
    `The listing of ${count(listing.skills)} skills has ${count(listing.used)} ${listing.unit}, and room for ${count(listing.budget)}: descriptions are left out.`,
  ]
}
