import type { CompletionItem, InsertTextFormat, Position } from 'vscode-languageserver'
import { lineEnd, type Span, textStart } from '../document/fences.ts'
import { isSkillName } from '../document/names.ts'
import { newFrontmatter } from '../fixes.ts'
import { type SkillKey, skillKey, skillKeys } from '../keys.ts'
import { rangeOf, type SkillFile } from '../skillFile.ts'
import { explainKey } from './hover.ts'

export interface CompletionRequest {
  readonly position: Position
  /** The editor takes placeholders. */
  readonly snippets: boolean
  /** VS Code completes the keys that it knows itself. */
  readonly complement: boolean
}

const kinds = { property: 10, value: 12, snippet: 15 } as const
const plainText: InsertTextFormat = 1
const snippetText: InsertTextFormat = 2

/** What can stand at `position`: the frontmatter as a whole, a key that is not there yet, or a value of its key. */
export function completions(file: SkillFile, request: CompletionRequest): CompletionItem[] {
  const { document, source } = file
  const { fences, text } = document
  const offset = source.offsetAt(request.position)
  const lineStart = source.offsetAt({ line: request.position.line, character: 0 })
  const line = { start: Math.max(lineStart, textStart(text)), end: lineEnd(text, lineStart) }
  if (line.start === textStart(text)) return offersFrontmatter(file, line) ? [frontmatterItem(file, line, request)] : []
  if (!fences || document.tooLarge) return []
  // Without a closing fence, the line that is being typed need not look like YAML yet.
  const last = fences.close ? fences.close.start - 1 : fences.content.end
  if (line.start < fences.content.start || line.start > last) return []
  const before = text.slice(line.start, offset)
  if (/^[\w-]*$/.test(before)) return keyItems(file, line, request)
  return valueItems(file, line, offset)
}

/** On the first line, while it is no sound frontmatter: empty, or one to three dashes without a closing fence. */
function offersFrontmatter({ document: { text, fences } }: SkillFile, line: Span): boolean {
  return (
    /^-{0,3}$/.test(text.slice(line.start, line.end)) &&
    !fences?.close &&
    !(fences && fences.content.end > fences.content.start)
  )
}

function frontmatterItem(file: SkillFile, line: Span, { snippets }: CompletionRequest): CompletionItem {
  const { text, snippet } = newFrontmatter(file.document.eol, file.folder)
  return {
    label: 'Skill frontmatter',
    kind: kinds.snippet,
    detail: 'name and description',
    documentation: { kind: 'markdown', value: `\`\`\`yaml\n${text}\`\`\`` },
    filterText: '---',
    insertTextFormat: snippets ? snippetText : plainText,
    textEdit: { range: rangeOf(file, line), newText: snippets ? snippet : text },
  }
}

function keyItems(file: SkillFile, line: Span, { snippets, complement }: CompletionRequest): CompletionItem[] {
  const { keyLines, text } = file.document
  const present = new Set(keyLines.filter(({ keySpan }) => keySpan.start !== line.start).map(({ key }) => key))
  const word = /^[\w-]*/.exec(text.slice(line.start, line.end))![0]
  const range = rangeOf(file, { start: line.start, end: line.start + word.length })
  const hasColon = /^[ \t]*:/.test(text.slice(line.start + word.length, line.end))
  return skillKeys
    .filter(({ key, knownToEditor }) => !present.has(key) && !(complement && knownToEditor))
    .map((key, index): CompletionItem => {
      const asSnippet = snippets && !hasColon
      const plain = hasColon ? key.key : `${key.key}:${key.lead === ' ' ? ' ' : ''}`
      return {
        label: key.key,
        kind: kinds.property,
        detail: key.required ? 'required' : 'optional',
        documentation: { kind: 'markdown', value: explainKey(key) },
        sortText: String(index),
        insertTextFormat: asSnippet ? snippetText : plainText,
        textEdit: { range, newText: asSnippet ? snippetFor(file, key) : plain },
      }
    })
}

function snippetFor({ folder, document: { eol } }: SkillFile, { key, lead, placeholder }: SkillKey): string {
  const value = key === 'name' && folder !== undefined && isSkillName(folder) ? folder : placeholder
  return `${key}:${lead.replace('\n', eol)}\${1:${value}}`
}

function valueItems(file: SkillFile, line: Span, offset: number): CompletionItem[] {
  const { keyLines, text } = file.document
  const at = keyLines.find(({ keySpan, colon }) => keySpan.start >= line.start && colon < offset && colon < line.end)
  if (!at) return []
  const start = at.colon + 1 + /^[ \t]*/.exec(text.slice(at.colon + 1, offset))![0].length
  const written = text.slice(start, line.end).trimEnd().length
  const range = rangeOf(file, { start, end: Math.max(offset, start + written) })
  const gap = start === at.colon + 1 ? ' ' : ''
  return valuesFor(file, at.key).map(({ value, meaning }, index) => ({
    label: value,
    kind: kinds.value,
    detail: meaning,
    sortText: String(index),
    filterText: gap + value,
    textEdit: { range, newText: gap + value },
  }))
}

function valuesFor({ folder }: SkillFile, key: string): readonly { value: string; meaning: string }[] {
  if (key !== 'name') return skillKey(key)?.values ?? []
  return folder !== undefined && isSkillName(folder) ? [{ value: folder, meaning: 'the folder’s name' }] : []
}
