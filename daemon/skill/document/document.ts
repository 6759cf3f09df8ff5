import { type Fences, findFences, longestFrontmatter } from './fences.ts'
import { type Entry, type Fault, parseFrontmatter } from './frontmatter.ts'
import { type KeyLine, keyLinesIn } from './keyLines.ts'

/** A SKILL.md, read. All spans are offsets into `text`. */
export interface SkillDocument {
  readonly text: string
  /** The line terminator that new lines should have. */
  readonly eol: '\n' | '\r\n'
  readonly fences: Fences | undefined
  /** The frontmatter's keys as written; there even while the YAML is broken. */
  readonly keyLines: readonly KeyLine[]
  /** The frontmatter's pairs as YAML reads them. */
  readonly entries: readonly Entry[]
  readonly faults: readonly Fault[]
  /** The frontmatter is over `longestFrontmatter` and was not read. */
  readonly tooLarge: boolean
}

/** Reads any text as a skill. Never throws; the cost does not grow with the body except for finding the fences. */
export function parseSkill(text: string): SkillDocument {
  const fences = findFences(text)
  const eol = text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n'
  const tooLarge = fences !== undefined && fences.content.end - fences.content.start > longestFrontmatter
  const unread = { text, eol, fences, tooLarge, keyLines: [], entries: [], faults: [] } as const
  if (!fences || tooLarge) return unread
  return { ...unread, keyLines: keyLinesIn(text, fences.content), ...parseFrontmatter(text, fences.content) }
}

/** Whether `entries` are what the author wrote: closed, and no fault that makes YAML misread what follows. */
export function isReadable(document: SkillDocument): boolean {
  return (
    document.fences?.close !== undefined &&
    document.fences.before === undefined &&
    !document.tooLarge &&
    document.faults.every((fault) => fault.type === 'duplicateKey')
  )
}

/** The first pair with this key. */
export function entryFor(document: SkillDocument, key: string): Entry | undefined {
  return document.entries.find((entry) => entry.key === key)
}
