import type { Span } from '../document/fences.ts'
import { isInside, type Path, resolveIn } from '../document/location.ts'
import { onceSeen } from './once.ts'
import { decoded, linksIn } from './pathReferences.ts'

const mostLinks = 100

/** The Markdown files of the skill that SKILL.md links. */
export const linkedTexts = onceSeen((document, files): readonly LinkedText[] => {
  const found: LinkedText[] = []
  for (const { target, span } of linksIn(document)) {
    if (target === undefined || !/\.md$/i.test(target) || target === document.path) continue
    if (!document.folderPath || !isInside(document.folderPath, target)) continue
    if (found.some((other) => other.target === target)) continue
    const text = files.text(target)
    found.push({ span, target, text: text === undefined || text === 'missing' ? '' : text })
    if (found.length >= mostLinks) break
  }
  return found
})

interface LinkedText {
  /** Of the first link to it. */
  readonly span: Span
  readonly target: Path
  /** Empty where nothing is known of it. */
  readonly text: string
}

/** The Markdown files that the text of a file links. Only skimmed: it is done for every linked file at every change. */
export function linksOf(text: string, path: Path): Path[] {
  if (!text.includes('](')) return []
  const folder = path.slice(0, path.lastIndexOf('/'))
  return [...text.matchAll(/\]\(([^()\s#?:]{1,300}\.md)[#)\s]/gi)].map((match) => resolveIn(folder, decoded(match[1]!)))
}
