import type { Hover, Position } from 'vscode-languageserver'
import { entryFor } from '../document/document.ts'
import { lineEnd } from '../document/fences.ts'
import { longestMention, mentionsIn } from '../document/mentions.ts'
import { type SkillKey, skillKey } from '../keys.ts'
import { lengthOf } from '../rules.ts'
import { rangeOf, type SkillFile } from '../skillFile.ts'

/** What stands at `position`, explained: a key of the specification, or a mention of another skill. */
export function hover(file: SkillFile, position: Position, complement: boolean): Hover | undefined {
  const offset = file.source.offsetAt(position)
  return hoverKey(file, offset, complement) ?? hoverMention(file, offset)
}

/** A key's meaning, its constraints and an example, in Markdown. */
export function explainKey({ key, required, type, longest, meaning, constraints, example }: SkillKey): string {
  const limit = longest === undefined ? '' : `, at most ${longest.toLocaleString('en')} characters`
  const rules = constraints.map((constraint) => `- ${constraint}`)
  const lines = [`**${key}** — ${required ? 'required' : 'optional'}; ${type}${limit}`, '', meaning]
  return [...lines, ...(rules.length > 0 ? ['', ...rules] : []), '', '```yaml', example, '```'].join('\n')
}

function hoverKey(file: SkillFile, offset: number, complement: boolean): Hover | undefined {
  const line = file.document.keyLines.find(({ keySpan }) => keySpan.start <= offset && offset <= keySpan.end)
  const key = line && skillKey(line.key)
  if (!line || !key || (complement && key.knownToEditor)) return undefined
  const entry = entryFor(file.document, key.key)
  const used =
    key.longest !== undefined && entry?.kind === 'text'
      ? `\n\n${lengthOf(entry.text.trim()).toLocaleString('en')} of ${key.longest.toLocaleString('en')} characters used.`
      : ''
  return { contents: { kind: 'markdown', value: explainKey(key) + used }, range: rangeOf(file, line.keySpan) }
}

function hoverMention(file: SkillFile, offset: number): Hover | undefined {
  const { text } = file.document
  // A line can be megabytes long; a mention cannot.
  const from = Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - longestMention)
  const to = Math.min(lineEnd(text, offset), offset + longestMention + 1)
  const mention = mentionsIn(text.slice(from, to)).find(
    ({ span }) => from + span.start <= offset && offset <= from + span.end,
  )
  if (!mention) return undefined
  const value = `Mention of the skill **${mention.skill}** in the namespace \`${mention.namespace.join(':')}\`.`
  const span = { start: from + mention.span.start, end: from + mention.span.end }
  return { contents: { kind: 'markdown', value }, range: rangeOf(file, span) }
}
