import type { DocumentSymbol, SymbolKind, WorkspaceSymbol } from 'vscode-languageserver'
import type { Catalogue, FileRecord } from '../catalogue/catalogue.ts'
import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { uriOf } from '../document/location.ts'
import type { Entry } from '../document/value.ts'

const kinds = { frontmatter: 19, key: 7, heading: 15, skill: 12, agent: 5 } as const satisfies Record<
  string,
  SymbolKind
>
const most = 500

interface Section {
  readonly level: number
  readonly symbol: DocumentSymbol
  readonly start: number
}

/** The outline: the frontmatter with its keys, and the headings with what they head. */
export function documentSymbols(document: SkillDocument): DocumentSymbol[] {
  return [...frontmatterSymbols(document), ...headingSymbols(document)]
}

function frontmatterSymbols(document: SkillDocument): DocumentSymbol[] {
  const { fences } = document
  if (!fences) return document.entries.map((entry) => keySymbol(document, entry))
  const span = { start: fences.open.start, end: fences.close?.end ?? fences.content.end }
  const children = document.entries.map((entry) => keySymbol(document, entry))
  return [symbolOf(document, 'Frontmatter', kinds.frontmatter, span, fences.open, children)]
}

function keySymbol(document: SkillDocument, { key, keySpan, value }: Entry): DocumentSymbol {
  const span = { start: keySpan.start, end: Math.max(keySpan.end, value.span.end) }
  const children = value.entries.map((entry) => keySymbol(document, entry))
  return {
    ...symbolOf(document, key, kinds.key, span, keySpan, children),
    detail: value.text.slice(0, 80).split('\n')[0]!,
  }
}

function headingSymbols(document: SkillDocument): DocumentSymbol[] {
  const top: DocumentSymbol[] = []
  const open: Section[] = []
  const close = (upTo: number, end: number) => {
    while (open.length > 0 && open.at(-1)!.level >= upTo) {
      const { symbol, start } = open.pop()!
      symbol.range = document.rangeOf({ start, end })
    }
  }
  for (const block of document.blocks) {
    if (block.type !== 'heading') continue
    close(block.level, block.span.start)
    const name = document.slice(block.title).trim() || '#'.repeat(block.level)
    const symbol = symbolOf(document, name, kinds.heading, block.span, block.title, [])
    const parent = open.at(-1)
    if (parent) parent.symbol.children!.push(symbol)
    else top.push(symbol)
    open.push({ level: block.level, symbol, start: block.span.start })
  }
  close(0, document.text.length)
  return top
}

function symbolOf(
  document: SkillDocument,
  name: string,
  kind: SymbolKind,
  span: Span,
  selection: Span,
  children: DocumentSymbol[],
): DocumentSymbol {
  return {
    name: name || '""',
    kind,
    range: document.rangeOf(span),
    selectionRange: document.rangeOf(selection),
    children,
  }
}

/** Skills and agents of all roots whose name has the letters of `query` in their order; the best first. */
export function workspaceSymbols(catalogue: Catalogue, query: string): WorkspaceSymbol[] {
  const wanted = query.toLowerCase()
  const found = (['skill', 'flatSkill', 'agent'] as const).flatMap((kind) =>
    catalogue.ofKind(kind).flatMap((record) => {
      const rank = rankOf(record.name.toLowerCase(), wanted)
      return rank === undefined ? [] : [{ record, rank }]
    }),
  )
  return found
    .sort((a, b) => a.rank - b.rank || a.record.name.localeCompare(b.record.name, 'en'))
    .slice(0, most)
    .map(({ record }) => workspaceSymbol(record))
}

function workspaceSymbol({ name, kind, path, folder, scope }: FileRecord): WorkspaceSymbol {
  return {
    name,
    kind: kind === 'agent' ? kinds.agent : kinds.skill,
    location: { uri: uriOf(path) },
    containerName: [folder, scope].filter(Boolean).join(', '),
  }
}

/** 0 the very word, 1 its beginning, 2 a part, 3 its letters scattered; undefined where they are not there. */
function rankOf(name: string, wanted: string): number | undefined {
  if (name === wanted) return 0
  if (name.startsWith(wanted)) return 1
  if (name.includes(wanted)) return 2
  let at = 0
  for (const letter of wanted) {
    at = name.indexOf(letter, at) + 1
    if (at === 0) return undefined
  }
  return 3
}
