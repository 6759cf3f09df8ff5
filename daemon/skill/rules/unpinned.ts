import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { packagesIn } from './packages.ts'
import type { Hit } from './rule.ts'

interface Unpinned {
  readonly tool: 'npm' | 'python'
  readonly name: string
  readonly span: Span
}

/** More packages on one line than this are one finding: they are mended together, and would bury everything else. */
const mostOnLine = 3

/** The packages without a version that commands in a text install or run. The text begins at `start` of the document. */
export function unpinnedHits(document: SkillDocument, text: string, start: number): Hit[] {
  const found = packagesIn(text)
    .filter((use) => !use.pinned)
    .map(({ tool, name, ...use }) => ({ tool, name, span: { start: start + use.start, end: start + use.end } }))
  const lines = Map.groupBy(found, ({ span }) => document.source.positionAt(span.start).line)
  return [...lines.values()].flatMap((line) => (line.length > mostOnLine ? [hitOfMany(line)] : line.map(hitOf)))
}

function hitOf(use: Unpinned): Hit {
  return { span: use.span, message: `\`${use.name}\` has no version; write ${pinned(use)}.` }
}

function hitOfMany(line: readonly Unpinned[]): Hit {
  const first = line[0]!
  const message = `${line.length} packages have no version; write ${pinned(first)}, and so with the others.`
  return { span: { start: first.span.start, end: line.at(-1)!.span.end }, message }
}

function pinned({ tool, name }: Unpinned): string {
  return `\`${name}${tool === 'npm' ? '@' : '=='}VERSION\``
}
