import type { SkillDocument } from '../document/document.ts'
import { nextLine } from '../document/fences.ts'
import { slugOf } from '../document/references.ts'
import { mostBodyLines, scriptExtension } from '../rules/body.ts'
import { linesIn, sectionsOf } from '../rules/bodyText.ts'
import type { RuleContext } from '../rules/rule.ts'
import { fixBy } from './edits.ts'
import { type Edit, type FileOperation, type Fix, fixTable } from './fix.ts'

/** Fixes for B: the body. */
export const bodyFixes = fixTable({
  B02: (document, _, context) => [split(document, context)],
  B04: (document, { span, data }) => {
    const { text, eol } = document
    if (data?.['stray']) {
      const start = text.lastIndexOf('\n', span.start - 1) + 1
      return [
        fixBy(
          'Remove the fence that opens nothing',
          { span: { start, end: nextLine(text, span.end) }, text: '' },
          false,
        ),
      ]
    }
    const end = text.length
    const block = document.blocks.find((each) => each.type === 'fence' && each.open.start === span.start)
    if (block?.type !== 'fence') return []
    // Quoted, or in a list item: the end stands as far in as the beginning.
    const line = text.slice(block.span.start, span.start)
    const lead = line.replace(/[-*+]|\d{1,9}[.)]/g, (marker) => ' '.repeat(marker.length))
    const ended = text.endsWith('\n') ? '' : eol
    return [
      fixBy(
        'Close the code block',
        { span: { start: end, end }, text: `${ended}${lead}${document.slice(span)}${eol}` },
        false,
      ),
    ]
  },
  B20: (document, { span }, context) => [toScript(document, span.start, context)],
  B22: (_, { span, data }) => {
    const instead = data?.['instead']
    const alias = typeof instead === 'string' && /^(?:sonnet|opus|haiku)$/.test(instead)
    return [alias ? fixBy(`Change it to ${instead}`, { span, text: String(instead) }, false) : undefined]
  },
})

/** Moves the longest sections into files of their own until the body is short enough. */
function split(document: SkillDocument, { files }: RuleContext): Fix | undefined {
  const { folderPath, text, eol, body } = document
  if (folderPath === undefined) return undefined
  let left = linesIn(text, body)
  const sections = sectionsOf(document)
    .filter(({ level }) => level === 2)
    .map((section) => ({ ...section, lines: linesIn(text, section.span) }))
    .sort((a, b) => b.lines - a.lines)
  const edits: Edit[] = []
  const created: FileOperation[] = []
  const names = new Set<string>()
  for (const { title, span, lines } of sections) {
    if (left <= mostBodyLines || lines < 20) break
    const heading = document.slice(title)
    const name = slugOf(heading)
      .replace(/[^a-z0-9-]+/g, '')
      .slice(0, 60)
      .replace(/^-+|-+$/g, '')
    const path = `${folderPath}/references/${name}.md`
    if (name === '' || names.has(name) || files.stat(path) !== 'missing') continue
    names.add(name)
    const rest = text.slice(span.start, span.end)
    created.push({ type: 'create', path, text: `${rest.trimEnd().replace(/^##(?=[ \t])/, '#')}\n` })
    edits.push({ span, text: `## ${heading}${eol}${eol}See [${heading}](references/${name}.md).${eol}${eol}` })
    left -= lines - 4
  }
  if (left > mostBodyLines || edits.length === 0) return undefined
  return { title: 'Move the longest sections into files', edits, files: created, safe: false }
}

/** Moves a code block into a file and names it instead. */
function toScript(document: SkillDocument, open: number, { files }: RuleContext): Fix | undefined {
  const { folderPath, text, eol } = document
  const block = document.blocks.find((each) => each.type === 'fence' && each.open.start === open)
  if (block?.type !== 'fence' || folderPath === undefined || text.slice(block.span.start, open).trim() !== '')
    return undefined
  const extension = scriptExtension(document.slice(block.info))
  const heading = sectionsOf(document).findLast(({ span }) => span.start < open)
  const name = heading
    ? slugOf(document.slice(heading.title))
        .replace(/[^a-z0-9-]+/g, '')
        .slice(0, 40)
        .replace(/^-+|-+$/g, '')
    : ''
  if (extension === undefined) return undefined
  const relative = `scripts/${name === '' ? 'script' : name}.${extension}`
  if (files.stat(`${folderPath}/${relative}`) !== 'missing') return undefined
  const code = document.slice(block.content).replaceAll('\r\n', '\n')
  return {
    title: `Move the code into ${relative}`,
    edits: [{ span: block.span, text: `Run [${relative}](${relative}).${block.span.end === text.length ? eol : ''}` }],
    files: [{ type: 'create', path: `${folderPath}/${relative}`, text: code }],
    safe: false,
  }
}
