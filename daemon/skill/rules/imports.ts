import { SkillDocument } from '../document/document.ts'
import { nameIn, type Path, uriOf } from '../document/location.ts'
import { fileReferencesIn } from '../document/references.ts'
import type { Hit, RuleContext } from './rule.ts'

const deepest = 5
const mostVisits = 60
const asText = /\.(?:md|mdc|markdown|txt|json|jsonc|ya?ml|toml|csv|rst|adoc)$/i

/** What is wrong with the `@imports` of a CLAUDE.md: twice the same file, files that import each other, too long a chain, no text. */
export function importHits(document: SkillDocument, { files, home }: RuleContext): Hit[] {
  const seen = new Set<Path>()
  return importsOf(document, home).flatMap(({ to, span }): Hit[] => {
    if (seen.has(to)) return [{ span, message: `\`${nameIn(to)}\` is imported twice.`, severity: 'warning' }]
    seen.add(to)
    if (!asText.test(to)) {
      const message = `The whole of \`${nameIn(to)}\` goes into the prompt each time; name it without the \`@\`.`
      return [{ span, message, severity: 'hint' }]
    }
    const chain = followed(to, document.path, files, home)
    if (chain === 'circular') return [{ span, message: `\`${nameIn(to)}\` leads back to this file.` }]
    return chain === 'deep' ? [{ span, message: `Imports go on for more than ${deepest} files from here.` }] : []
  })
}

function importsOf(document: SkillDocument, home: Path | undefined) {
  return fileReferencesIn(document, home).filter(({ form }) => form === 'import')
}

/** What becomes of a chain of imports. What is not read yet ends it. */
function followed(
  from: Path,
  back: Path | undefined,
  files: RuleContext['files'],
  home: Path | undefined,
): 'circular' | 'deep' | undefined {
  if (from === back) return 'circular'
  const waiting: { path: Path; depth: number }[] = [{ path: from, depth: 1 }]
  const seen = new Set<Path>([from])
  for (let next = waiting.shift(); next && seen.size < mostVisits; next = waiting.shift()) {
    const text = files.text(next.path)
    if (text === undefined || text === 'missing' || !text.includes('@')) continue
    const document = new SkillDocument({ uri: uriOf(next.path), languageId: 'instructions', version: 0, text })
    for (const { to } of importsOf(document, home)) {
      if (to === back) return 'circular'
      if (seen.has(to)) continue
      if (next.depth >= deepest) return 'deep'
      seen.add(to)
      waiting.push({ path: to, depth: next.depth + 1 })
    }
  }
  return undefined
}
