import type { CompletionItem } from 'vscode-languageserver'
import type { FileRecord } from '../catalogue/catalogue.ts'
import { placementOf } from '../clients/clients.ts'
import { keyOf } from '../clients/keys.ts'
import { claudeTools } from '../clients/tools.ts'
import type { SkillDocument } from '../document/document.ts'
import { lineEnd, type Span } from '../document/fences.ts'
import type { KeyLine } from '../document/keyLines.ts'
import type { Path } from '../document/location.ts'
import { isSkillName } from '../document/names.ts'
import { dialectOf } from '../rules/agentText.ts'
import type { Known } from './completion.ts'

const kinds = { value: 12, tool: 3, skill: 3, agent: 7 } as const

const mostOffers = 401

interface Offer {
  readonly value: string
  readonly meaning: string
  readonly kind: CompletionItem['kind']
}

/** Keys whose value is several words; each is completed by itself. */
const lists = new Set(['allowed-tools', 'disallowed-tools', 'disallowedTools', 'tools', 'skills', 'agents'])

/** The values that can stand at `offset` in the frontmatter; with `complement`, those that VS Code does not offer itself. */
export function valueItems(
  document: SkillDocument,
  offset: number,
  complement: boolean,
  known: Known,
): CompletionItem[] {
  const line = document.keyLines.find(({ colon, end, keySpan }) => {
    return keySpan.start < offset && colon < offset && offset <= Math.max(end - 1, lineEnd(document.text, colon))
  })
  if (!line || isComment(document, offset)) return []
  const ofEditor = complement ? keyOf(document.kind, line.key)?.editorValues : undefined
  const offers = offersFor(document, line.key, known).filter(({ value }) => !ofEditor?.includes(value))
  if (offers.length === 0) return []
  const { span, gap } = lists.has(line.key) ? wordAt(document, line, offset) : valueAt(document, line, offset)
  if (!span) return []
  const range = document.rangeOf(span)
  return offers.map(({ value, meaning, kind }, index): CompletionItem => {
    const newText = gap + value
    return {
      label: value,
      ...(kind === undefined ? {} : { kind }),
      detail: meaning,
      sortText: String(index).padStart(4, '0'),
      filterText: newText,
      textEdit: { range, newText },
    }
  })
}

function isComment({ text }: SkillDocument, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /(?:^|\s)#/.test(text.slice(start, offset))
}

/** All of a value on the key's line. */
function valueAt({ text }: SkillDocument, { colon }: KeyLine, offset: number): { span: Span | undefined; gap: string } {
  const end = lineEnd(text, colon)
  if (offset > end) return { span: undefined, gap: '' }
  const start = colon + 1 + /^[ \t]*/.exec(text.slice(colon + 1, offset))![0].length
  const written = text.slice(start, end).trimEnd().length
  return { span: { start, end: Math.max(offset, start + written) }, gap: start === colon + 1 ? ' ' : '' }
}

/** One word of a value of several. */
function wordAt({ text }: SkillDocument, { colon }: KeyLine, offset: number): { span: Span; gap: string } {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const from = Math.max(lineStart, colon + 1)
  const start = offset - /[\w:.*-]*$/.exec(text.slice(from, offset))![0].length
  const end = offset + /^[\w:.*-]*/.exec(text.slice(offset, lineEnd(text, offset)))![0].length
  const dash = text.slice(lineStart, start).trim() === '' && text[start] === '-'
  return { span: { start: dash ? start + 1 : start, end }, gap: start === colon + 1 || dash ? ' ' : '' }
}

function offersFor(document: SkillDocument, key: string, { catalogue, home }: Known): Offer[] {
  const { folder, kind } = document
  if (key === 'name' && kind === 'skill') {
    const fits = folder !== undefined && isSkillName(folder)
    return fits ? [{ value: folder, meaning: 'the folder’s name', kind: kinds.value }] : []
  }
  if (key === 'skills' && kind === 'agent')
    return readFirst(catalogue.ofKind('skill'), dialectOf(document) === 'claude', home).map((record) =>
      offerOf(record, kinds.skill),
    )
  const own: Offer[] = (keyOf(kind, key)?.values ?? []).map((each) => ({ ...each, kind: kinds.value }))
  if (lists.has(key) && /tools$/i.test(key)) {
    // What VS Code and Copilot have, VS Code knows.
    if (kind === 'agent' && dialectOf(document) === 'github') return []
    return claudeTools.map(({ name, meaning }) => ({ value: name, meaning, kind: kinds.tool }))
  }
  if (key === 'agent' || key === 'agents') {
    return [...own, ...catalogue.ofKind('agent').map((record) => offerOf(record, kinds.agent))]
  }
  return own
}

/** No more skills than this are looked at for one list. */
const mostSkills = 5000

/** The skills that can be named, each name once; for Claude Code’s agents first those that Claude Code reads. */
function readFirst(skills: readonly FileRecord[], isClaude: boolean, home: Path | undefined): FileRecord[] {
  const seen = new Set<string>()
  const read: FileRecord[] = []
  const others: FileRecord[] = []
  for (const skill of skills.slice(0, mostSkills)) {
    if (read.length >= mostOffers) break
    const readers = isClaude ? placementOf(skill.path, home)?.readers : undefined
    const isRead = !isClaude || readers?.some(({ client }) => client === 'claude-code')
    if (isRead) read.push(skill)
    else others.push(skill)
  }
  return [...read, ...others].filter(({ name }) => !seen.has(name) && seen.add(name)).slice(0, mostOffers)
}

function offerOf({ name, description }: FileRecord, kind: CompletionItem['kind']): Offer {
  return { value: name, meaning: description.slice(0, 100), kind }
}
