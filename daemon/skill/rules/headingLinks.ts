import { SkillDocument } from '../document/document.ts'
import { nameIn, type Path, uriOf } from '../document/location.ts'
import { slugOf } from '../document/references.ts'
import type { FileView } from '../workspace.ts'
import { hitsAmong } from './hits.ts'
import { linksIn } from './pathReferences.ts'
import type { Hit, RuleContext } from './rule.ts'

/** Of longer texts not all headings are known. */
const longText = 262_144

/** Links to headings that are not there, in the document itself or in Markdown that it links. */
export function missingHeadings(document: SkillDocument, { files }: RuleContext): readonly Hit[] {
  const anchors = new Map<Path, ReadonlySet<string> | undefined>()
  return hitsAmong(linksIn(document), ({ fragment, fragmentSpan, written, target: path }) => {
    if (!fragment || !fragmentSpan) return undefined
    if (/^(?:L\d|:~:|top$|!|\/)/i.test(fragment) || /[<>{}$*]/.test(fragment)) return undefined
    const target = written === '' ? '' : path
    if (target === undefined || (target !== '' && !/\.(?:md|markdown)$/i.test(target))) return undefined
    if (!anchors.has(target)) anchors.set(target, target === '' ? anchorsIn(document) : anchorsOf(target, files))
    const known = anchors.get(target)
    if (!known || known.has(loose(fragment))) return undefined
    const where = target === '' ? 'here' : `in \`${nameIn(target)}\``
    return { span: fragmentSpan, message: `There is no heading \`#${fragment}\` ${where}.` }
  })
}

function anchorsOf(path: Path, files: FileView): ReadonlySet<string> | undefined {
  const text = files.text(path)
  if (text === undefined || text === 'missing' || text.length >= longText) return undefined
  return anchorsIn(new SkillDocument({ uri: uriOf(path), languageId: 'markdown', version: 0, text }))
}

/** What links can lead to: headings, with a number where they repeat, and elements with a name. */
function anchorsIn(document: SkillDocument): ReadonlySet<string> {
  const found = new Set<string>()
  const seen = new Map<string, number>()
  for (const block of document.blocks) {
    if (block.type !== 'heading') continue
    const title = document.slice(block.title)
    const own = /\{#([\w-]+)\}\s*$/.exec(title)?.[1]
    if (own) found.add(loose(own))
    const slug = slugOf(title)
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    found.add(loose(slug)).add(loose(`${slug}-${before}`))
  }
  for (const match of document.text.matchAll(/\b(?:id|name)=["']([^"'\s]{1,200})["']/g)) found.add(loose(match[1]!))
  return found
}

/** Renderers differ in what they make of signs; letters and digits they keep. */
function loose(anchor: string): string {
  return anchor.toLowerCase().replace(/[^\p{Letter}\p{Mark}\p{Number}]+|\p{Variation_Selector}/gu, '')
}
