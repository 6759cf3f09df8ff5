import { clients } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import type { SkillKey } from '../clients/keys.ts'
import { count, listed } from '../rules/entries.ts'

/** A key's meaning, its constraints and an example, in Markdown. */
export function explainKey(key: SkillKey): string {
  const { required, type, longest, meaning, constraints, example, notes } = key
  const limit = longest === undefined ? '' : `, at most ${count(longest)} characters`
  const differences = Object.entries(notes ?? {}).map(
    ([client, note]) => `${clients[client as ClientId].title}: ${note}`,
  )
  const rules = [...constraints, ...differences].map((constraint) => `- ${constraint}`)
  const lines = [
    `**${key.key}** — ${required ? 'required' : 'optional'}; ${type}${limit}`,
    '',
    meaning,
    '',
    actors(key),
  ]
  return [...lines, ...(rules.length > 0 ? ['', ...rules] : []), '', '```yaml', example, '```'].join('\n')
}

function actors({ clients: acting, specified }: SkillKey): string {
  const standing = specified ? 'In the specification. ' : ''
  if (acting === 'all') return `${standing}Every client acts on it.`
  const titles = acting.map((id) => clients[id].title)
  return `${standing}${listed(titles)} ${titles.length === 1 ? 'acts' : 'act'} on it; other clients ignore it.`
}
