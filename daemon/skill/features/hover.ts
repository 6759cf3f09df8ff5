import type { Hover, Position } from 'vscode-languageserver'
import { clients } from '../clients/clients.ts'
import type { ClientId } from '../clients/clientTable.ts'
import { type SkillKey, skillKey } from '../clients/keys.ts'
import type { SkillDocument } from '../document/document.ts'
import { lineEnd } from '../document/fences.ts'
import { longestMention, mentionsIn } from '../document/mentions.ts'
import { lengthOf, listed } from '../rules/entries.ts'

/** What stands at `position`, explained: a key of the specification, or a mention of another skill. */
export function hover(document: SkillDocument, position: Position, complement: boolean): Hover | undefined {
  const offset = document.source.offsetAt(position)
  return hoverKey(document, offset, complement) ?? hoverMention(document, offset)
}

/** A key's meaning, its constraints and an example, in Markdown. */
export function explainKey(key: SkillKey): string {
  const { required, type, longest, meaning, constraints, example, notes } = key
  const limit = longest === undefined ? '' : `, at most ${longest.toLocaleString('en')} characters`
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

function hoverKey(document: SkillDocument, offset: number, complement: boolean): Hover | undefined {
  const line = document.keyLines.find(({ keySpan }) => keySpan.start <= offset && offset <= keySpan.end)
  const key = line && skillKey(line.key)
  if (!line || !key || (complement && key.knownToEditor)) return undefined
  const entry = document.entry(key.key)
  const used =
    key.longest !== undefined && entry?.value.kind === 'text'
      ? `\n\n${lengthOf(entry.value.text.trim()).toLocaleString('en')} of ${key.longest.toLocaleString('en')} characters used.`
      : ''
  return { contents: { kind: 'markdown', value: explainKey(key) + used }, range: document.rangeOf(line.keySpan) }
}

function hoverMention(document: SkillDocument, offset: number): Hover | undefined {
  const { text } = document
  // A line can be megabytes long; a mention cannot.
  const from = Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - longestMention)
  const to = Math.min(lineEnd(text, offset), offset + longestMention + 1)
  const mention = mentionsIn(text.slice(from, to)).find(
    ({ span }) => from + span.start <= offset && offset <= from + span.end,
  )
  if (!mention) return undefined
  const value = `Mention of the skill **${mention.skill}** in the namespace \`${mention.namespace.join(':')}\`.`
  const span = { start: from + mention.span.start, end: from + mention.span.end }
  return { contents: { kind: 'markdown', value }, range: document.rangeOf(span) }
}
