import type { CompletionItem, InsertTextFormat, Position } from 'vscode-languageserver'
import { actsOn, type SkillKey, skillKey, skillKeys } from '../clients/keys.ts'
import type { SkillDocument } from '../document/document.ts'
import { lineEnd, type Span, textStart } from '../document/fences.ts'
import { isSkillName } from '../document/names.ts'
import { newFrontmatter } from '../fixes/edits.ts'
import { type ProfileId, profiles as profileTable } from '../rules/profiles.ts'
import { explainKey } from './hover.ts'

export interface CompletionRequest {
  readonly position: Position
  /** The editor takes placeholders. */
  readonly snippets: boolean
  /** VS Code completes the keys that it knows itself. */
  readonly complement: boolean
  /** What the document is written for: keys that none of these acts on are not offered. */
  readonly profiles: readonly ProfileId[]
}

const kinds = { property: 10, value: 12, snippet: 15 } as const
const plainText: InsertTextFormat = 1
const snippetText: InsertTextFormat = 2

/** What can stand at `position`: the frontmatter as a whole, a key that is not there yet, or a value of its key. */
export function completions(document: SkillDocument, request: CompletionRequest): CompletionItem[] {
  const { source, fences, text } = document
  const offset = source.offsetAt(request.position)
  const lineStart = source.offsetAt({ line: request.position.line, character: 0 })
  const line = { start: Math.max(lineStart, textStart(text)), end: lineEnd(text, lineStart) }
  if (line.start === textStart(text))
    return offersFrontmatter(document, line) ? [frontmatterItem(document, line, request)] : []
  if (!fences || document.tooLarge) return []
  // Without a closing fence, the line that is being typed need not look like YAML yet.
  const last = fences.close ? fences.close.start - 1 : fences.content.end
  if (line.start < fences.content.start || line.start > last) return []
  const before = text.slice(line.start, offset)
  if (/^[\w-]*$/.test(before)) return keyItems(document, line, request)
  return valueItems(document, line, offset)
}

/** On the first line, while it is no sound frontmatter: empty, or one to three dashes without a closing fence. */
function offersFrontmatter({ text, fences }: SkillDocument, line: Span): boolean {
  return (
    /^-{0,3}$/.test(text.slice(line.start, line.end)) &&
    !fences?.close &&
    !(fences && fences.content.end > fences.content.start)
  )
}

function frontmatterItem(document: SkillDocument, line: Span, { snippets }: CompletionRequest): CompletionItem {
  const { text, snippet } = newFrontmatter(document.eol, document.folder)
  return {
    label: 'Skill frontmatter',
    kind: kinds.snippet,
    detail: 'name and description',
    documentation: { kind: 'markdown', value: `\`\`\`yaml\n${text}\`\`\`` },
    filterText: '---',
    insertTextFormat: snippets ? snippetText : plainText,
    textEdit: { range: document.rangeOf(line), newText: snippets ? snippet : text },
  }
}

function keyItems(document: SkillDocument, line: Span, request: CompletionRequest): CompletionItem[] {
  const { snippets, complement, profiles } = request
  const { keyLines, text } = document
  const present = new Set(keyLines.filter(({ keySpan }) => keySpan.start !== line.start).map(({ key }) => key))
  const word = /^[\w-]*/.exec(text.slice(line.start, line.end))![0]
  const range = document.rangeOf({ start: line.start, end: line.start + word.length })
  const hasColon = /^[ \t]*:/.test(text.slice(line.start + word.length, line.end))
  return skillKeys
    .filter(({ key, knownToEditor }) => !present.has(key) && !(complement && knownToEditor))
    .filter((key) => key.specified || (!key.deprecated && profiles.some((id) => isActedOn(id, key))))
    .map((key, index): CompletionItem => {
      const asSnippet = snippets && !hasColon
      const plain = hasColon ? key.key : `${key.key}:${key.lead === ' ' ? ' ' : ''}`
      return {
        label: key.key,
        kind: kinds.property,
        detail: key.required ? 'required' : 'optional',
        documentation: { kind: 'markdown', value: explainKey(key) },
        sortText: String(index).padStart(2, '0'),
        insertTextFormat: asSnippet ? snippetText : plainText,
        textEdit: { range, newText: asSnippet ? snippetFor(document, key) : plain },
      }
    })
}

function isActedOn(id: ProfileId, key: SkillKey): boolean {
  const { client } = profileTable[id]
  return client !== undefined && actsOn(client, key)
}

function snippetFor({ folder, eol }: SkillDocument, { key, lead, placeholder }: SkillKey): string {
  const value = key === 'name' && folder !== undefined && isSkillName(folder) ? folder : placeholder
  return `${key}:${lead.replace('\n', eol)}\${1:${value}}`
}

function valueItems(document: SkillDocument, line: Span, offset: number): CompletionItem[] {
  const { keyLines, text } = document
  const at = keyLines.find(({ keySpan, colon }) => keySpan.start >= line.start && colon < offset && colon < line.end)
  if (!at) return []
  const start = at.colon + 1 + /^[ \t]*/.exec(text.slice(at.colon + 1, offset))![0].length
  const written = text.slice(start, line.end).trimEnd().length
  const range = document.rangeOf({ start, end: Math.max(offset, start + written) })
  const gap = start === at.colon + 1 ? ' ' : ''
  return valuesFor(document, at.key).map(({ value, meaning }, index) => ({
    label: value,
    kind: kinds.value,
    detail: meaning,
    sortText: String(index),
    filterText: gap + value,
    textEdit: { range, newText: gap + value },
  }))
}

function valuesFor({ folder }: SkillDocument, key: string): readonly { value: string; meaning: string }[] {
  if (key !== 'name') return skillKey(key)?.values ?? []
  return folder !== undefined && isSkillName(folder) ? [{ value: folder, meaning: 'the folder’s name' }] : []
}
