import type { CompletionItem, CompletionList, InsertTextFormat, Position } from 'vscode-languageserver'
import { actsOn, keysOf, type SkillKey } from '../clients/keys.ts'
import type { SkillDocument } from '../document/document.ts'
import { lineEnd, type Span, textStart } from '../document/fences.ts'
import { isSkillName } from '../document/names.ts'
import { newFrontmatter } from '../fixes/edits.ts'
import { openaiShape } from '../rules/openaiShape.ts'
import { type ProfileId, profiles as profileTable } from '../rules/profiles.ts'
import { bodyItems } from './bodyCompletion.ts'
import { explainKey } from './explainKey.ts'
import type { FeatureContext } from './feature.ts'
import { shapeItems } from './shapeCompletion.ts'
import { valueItems } from './valueCompletion.ts'

export interface CompletionRequest {
  readonly position: Position
  /** The editor takes placeholders. */
  readonly snippets: boolean
  /** VS Code completes the keys that it knows itself, and values of them. */
  readonly complement: boolean
  /** Paths and headings in links are completed by the editor's own support for Markdown. */
  readonly linksByEditor?: boolean
}

/** What completion knows beside the document: keys that no profile in force acts on are not offered. */
export type Known = Pick<FeatureContext, 'profiles' | 'catalogue' | 'files' | 'home'>

const kinds = { property: 10, value: 12, snippet: 15 } as const
const plainText: InsertTextFormat = 1
const snippetText: InsertTextFormat = 2

/**
 * What can stand at `position`: in `openai.yaml` its keys and values; else the frontmatter as a whole, a key that is not there yet, a value of its key, and in the body names of
 * skills, variables and paths. Of very many only the first are offered, and the list says that there are more; so it does while the
 * roots are still being looked through.
 */
export function completions(document: SkillDocument, request: CompletionRequest, known: Known): CompletionList {
  const items = itemsAt(document, request, known)
  return { isIncomplete: items.length > most || !known.catalogue.complete, items: items.slice(0, most) }
}

function itemsAt(document: SkillDocument, request: CompletionRequest, known: Known): CompletionItem[] {
  const { source, fences, text } = document
  const offset = source.offsetAt(request.position)
  const lineStart = source.offsetAt({ line: request.position.line, character: 0 })
  const line = { start: Math.max(lineStart, textStart(text)), end: lineEnd(text, lineStart) }
  if (document.kind === 'openaiYaml') return shapeItems(document, line, offset, openaiShape)
  const describes = keysOf(document.kind).length > 0
  if (line.start === textStart(text) && describes && offersFrontmatter(document, line)) {
    return [frontmatterItem(document, line, request)]
  }
  // Without a closing fence, the line that is being typed need not look like YAML yet.
  const last = fences?.close ? fences.close.start - 1 : (fences?.content.end ?? -1)
  if (fences && line.start <= last) {
    if (line.start < fences.content.start || document.tooLarge || !describes) return []
    const before = text.slice(line.start, offset)
    if (/^[\w-]*$/.test(before)) return keyItems(document, line, request, known)
    return valueItems(document, offset, request.complement, known)
  }
  if (fences?.close && line.start <= fences.close.end) return []
  return bodyItems(document, line, offset, request.linksByEditor ?? false, known)
}

const most = 400

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

function keyItems(
  document: SkillDocument,
  line: Span,
  { snippets, complement }: CompletionRequest,
  { profiles }: Known,
): CompletionItem[] {
  const { keyLines, text } = document
  const present = new Set(keyLines.filter(({ keySpan }) => keySpan.start !== line.start).map(({ key }) => key))
  const word = /^[\w-]*/.exec(text.slice(line.start, line.end))![0]
  const range = document.rangeOf({ start: line.start, end: line.start + word.length })
  const hasColon = /^[ \t]*:/.test(text.slice(line.start + word.length, line.end))
  return keysOf(document.kind)
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
