import type { InlayHint } from 'vscode-languageserver'
import { listingCost } from '../catalogue/listingCost.ts'
import { rivalsOf } from '../catalogue/precedence.ts'
import type { Client } from '../clients/client.ts'
import { clients, placementOf } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { SkillDocument } from '../document/document.ts'
import { lineEnd } from '../document/fences.ts'
import { estimateTokens } from '../document/tokens.ts'
import { count } from '../rules/entries.ts'
import type { FeatureContext } from './feature.ts'

/**
 * What a skill costs, behind its description and above its text, and whether another file hides it, behind its name. Labels are short: VS
 * Code cuts them at 43 characters. Which client is meant, the tooltip says.
 */
export function inlayHints(document: SkillDocument, context: Pick<FeatureContext, 'catalogue' | 'home'>): InlayHint[] {
  if (document.kind !== 'skill' || !document.isReadable) return []
  return [...nameHints(document, context), ...descriptionHints(document, context), ...bodyHints(document)]
}

const estimated = 'Estimated from the characters: each model counts differently.'

function hintAt(document: SkillDocument, offset: number, label: string, tooltip: string): InlayHint {
  return { position: document.source.positionAt(offset), label, tooltip, paddingLeft: true }
}

function nameHints(
  document: SkillDocument,
  { catalogue, home }: Pick<FeatureContext, 'catalogue' | 'home'>,
): InlayHint[] {
  const entry = document.entry('name')
  const record = document.path === undefined ? undefined : catalogue.get(document.path)
  const placement = document.path === undefined ? undefined : placementOf(document.path, home)
  if (!entry || !record || !placement) return []
  const hiding = placement.readers.flatMap(({ client }): { client: ClientId; by: string }[] => {
    const name = client === 'claude-code' ? (document.folder ?? record.name) : record.name
    const { ranked, shown } = rivalsOf(client, name, catalogue, { project: placement.base, home })
    const at = ranked.findIndex(({ path }) => path === record.path)
    return at >= shown && ranked[0] ? [{ client, by: ranked[0].path }] : []
  })
  if (hiding.length === 0) return []
  const where = hiding.length === 1 ? clients[hiding[0]!.client].title : `${hiding.length} clients`
  const tooltip = hiding.map(({ client, by }) => `${clients[client].title} takes ${by}`).join('\n')
  return [hintAt(document, lineEnd(document.text, entry.value.span.end), `hidden in ${where}`, tooltip)]
}

function descriptionHints(document: SkillDocument, { home }: Pick<FeatureContext, 'home'>): InlayHint[] {
  const entry = document.entry('description')
  if (entry?.value.kind !== 'text' || entry.value.text.trim() === '') return []
  const name = document.entry('name')?.value.text ?? document.folder ?? ''
  const description = entry.value.text.trim()
  const readers = (document.path && placementOf(document.path, home)?.readers) || []
  const shares = readers.flatMap(({ client }) => {
    const { listing, title } = clients[client] as Client
    if (!listing) return []
    return [{ title, share: (100 * listingCost(client, { name, description })) / listing.fallback }]
  })
  const most = shares.reduce((most, { share }) => Math.max(most, share), 0)
  const label = [
    `≈ ${count(estimateTokens(name + description))} tokens always`,
    ...(most > 0 ? [`${most.toFixed(1)} % of the listing`] : []),
  ].join(' · ')
  const tooltip = [
    'What the model sees of the skill in every conversation: its name and description.',
    estimated,
    ...shares.map(({ title, share }) => `${title}: ${share.toFixed(1)} % of its listing of skills`),
  ].join('\n')
  return [hintAt(document, lineEnd(document.text, entry.value.span.end), label, tooltip)]
}

function bodyHints(document: SkillDocument): InlayHint[] {
  const { fences, body } = document
  if (!fences?.close || document.slice(body).trim() === '') return []
  const label = `≈ ${count(estimateTokens(document.slice(body)))} tokens when it is used`
  return [hintAt(document, fences.close.end, label, `What the text costs each time the skill is loaded.\n${estimated}`)]
}
