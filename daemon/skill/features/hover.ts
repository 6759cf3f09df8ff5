import type { Hover, Position } from 'vscode-languageserver'
import type { FileRecord } from '../catalogue/catalogue.ts'
import { type Acceptance, acceptances } from '../clients/acceptance.ts'
import { clients } from '../clients/clients.ts'
import { keyOf } from '../clients/keys.ts'
import { claudeVariables } from '../clients/tools.ts'
import type { SkillDocument } from '../document/document.ts'
import { lineEnd, type Span } from '../document/fences.ts'
import { longestMention, mentionsIn } from '../document/mentions.ts'
import { estimateTokens } from '../document/tokens.ts'
import { count, lengthOf, listed } from '../rules/entries.ts'
import { explainKey } from './explainKey.ts'
import type { FeatureContext } from './feature.ts'
import { namesIn } from './thing.ts'

type Known = Pick<FeatureContext, 'catalogue' | 'home'>

/** What stands at `position`, explained: a key, the skill that a name means, a variable, the frontmatter’s fence. */
export function hover(
  document: SkillDocument,
  position: Position,
  complement: boolean,
  known: Known,
): Hover | undefined {
  const offset = document.source.offsetAt(position)
  const { body } = document
  return (
    hoverKey(document, offset, complement) ??
    hoverFence(document, offset, known) ??
    (body.end - body.start < longestBody ? hoverName(document, offset, known) : hoverMention(document, offset)) ??
    hoverVariable(document, offset)
  )
}

/** In a longer body only the line is looked at. */
const longestBody = 500_000

function hoverAt(document: SkillDocument, span: Span, value: string): Hover {
  return { contents: { kind: 'markdown', value }, range: document.rangeOf(span) }
}

function hoverKey(document: SkillDocument, offset: number, complement: boolean): Hover | undefined {
  const line = document.keyLines.find(({ keySpan }) => keySpan.start <= offset && offset <= keySpan.end)
  const key = line && keyOf(document.kind, line.key)
  if (!line || !key || (complement && key.knownToEditor)) return undefined
  const entry = document.entry(key.key)
  const used =
    key.longest !== undefined && entry?.value.kind === 'text'
      ? `\n\n${count(lengthOf(entry.value.text.trim()))} of ${count(key.longest)} characters used.`
      : ''
  return hoverAt(document, line.keySpan, explainKey(key) + used)
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
  return hoverAt(document, span, value)
}

/** On the opening fence: which clients take the skill, and what it costs. */
function hoverFence(document: SkillDocument, offset: number, { home }: Known): Hover | undefined {
  const { fences, kind } = document
  if (kind !== 'skill' || !fences?.close || offset < fences.open.start || offset > fences.open.end) return undefined
  const answers = Map.groupBy(acceptances(document, home), (acceptance) => answerOf(acceptance).join('\n'))
  const lines = [...answers.values()].map((those) => {
    const [one, several] = answerOf(those[0]!)
    const titles = those.map(({ client }) => `**${clients[client].title}**`)
    return `- ${listed(titles)} ${those.length === 1 ? one : several}`
  })
  const tokens = count(estimateTokens(document.slice(document.body)))
  const cost = `About ${tokens} tokens when it is used. That is an estimate from its characters; each model counts differently.`
  return hoverAt(document, fences.open, ['**Which clients accept this?**', '', ...lines, '', cost].join('\n'))
}

/** What one client does, and what several do. */
function answerOf({ verdict, inText, folders }: Acceptance): readonly [string, string] {
  if (verdict === 'loads') return ['loads it', 'load it']
  const why = inText.join(' ')
  if (verdict === 'refuses') return [`does not load it: ${why}`, `do not load it: ${why}`]
  // Where most of them look, so that one folder is the answer for many.
  const folder = folders.find((each) => each.endsWith('.agents/skills')) ?? folders[0]
  return [`would load it from \`${folder}\``, `would load it from \`${folder}\``]
}

function hoverName(document: SkillDocument, offset: number, known: Known): Hover | undefined {
  const found = namesIn(document, known).find(({ span }) => span.start <= offset && offset <= span.end)
  if (!found) return undefined
  const { reference, targets } = found
  const noun = reference.of === 'agent' ? 'agent' : 'skill'
  const [target, ...others] = targets
  if (!target) {
    const namespace = reference.namespace === '' ? '' : ` in the namespace \`${reference.namespace}\``
    const missing = known.catalogue.complete ? ` There is no ${noun} of this name in the open folders.` : ''
    return hoverAt(document, found.span, `Mention of the ${noun} **${reference.name}**${namespace}.${missing}`)
  }
  const more = others.length === 0 ? [] : ['', `Also: ${listed(others.slice(0, 5).map(({ path }) => `\`${path}\``))}`]
  return hoverAt(document, found.span, [...explainRecord(target, noun), ...more].join('\n'))
}

/** A skill or agent as it is told where it is named. */
function explainRecord({ name, description, path, length }: FileRecord, noun: string): string[] {
  const text = description.length > 600 ? `${description.slice(0, 600)}…` : description
  const cost = `about ${count(Math.round(length / 4.13))} tokens (estimated)`
  // What an author wrote is shown as text, whatever it looks like.
  return [
    `**${escaped(name)}** — ${noun}, ${cost}`,
    '',
    escaped(text) || '_No description._',
    '',
    `\`${path.replaceAll('`', '')}\``,
  ]
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|~-]/g, '\\$&').replaceAll('\n', ' ')
}

function hoverVariable(document: SkillDocument, offset: number): Hover | undefined {
  const { body } = document
  if (body.end - body.start >= longestBody || document.kind === 'markdown') return undefined
  const found = document.variables.find(({ span }) => span.start <= offset && offset <= span.end)
  if (!found || found.escaped) return undefined
  const value = explainVariable(document, found)
  return value === undefined ? undefined : hoverAt(document, found.span, value)
}

function explainVariable(
  document: SkillDocument,
  { form, name }: SkillDocument['variables'][number],
): string | undefined {
  const argument = (index: string) =>
    `The argument at place ${index}, counted from 0 in Claude Code and from 1 in opencode.`
  if (form === 'arguments')
    return 'All that was written behind the command. Where no variable is, Claude Code puts it at the end.'
  if (form === 'indexed' || form === 'positional') return argument(name)
  if (form === 'braced') {
    const known = claudeVariables.find((each) => each.name === name)
    return known && `Claude Code puts in ${known.meaning}.`
  }
  if (form === 'named') {
    const declared = document.entry('arguments')?.value
    const names =
      declared?.kind === 'list' ? declared.items.map(({ text }) => text) : (declared?.text.split(/[\s,]+/) ?? [])
    return names.includes(name) ? `The argument \`${name}\`, at place ${names.indexOf(name)}.` : undefined
  }
  return undefined
}
