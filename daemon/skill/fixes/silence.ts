import type { SkillDocument } from '../document/document.ts'
import { lineEnd } from '../document/fences.ts'
import { type Finding, findIn, type SeveritySettings } from '../rules/findings.ts'
import type { RuleContext } from '../rules/rule.ts'
import { applyEdits, type Edit, type Fix } from './fix.ts'

const placeholder = 'why'

/**
 * A comment behind the line of a finding that silences its rule there, with the reason to type over. Undefined where no comment can stand,
 * or where it would change what the line says.
 */
export function silenceFix(
  document: SkillDocument,
  finding: Finding,
  context: RuleContext,
  settings: SeveritySettings,
): Fix | undefined {
  // A comment about comments that silence helps nobody.
  if (finding.code.startsWith('Z')) return undefined
  const edit = silencing(document, finding)
  if (!edit) return undefined
  const after = document.withText(applyEdits(document.text, [edit]))
  if (valuesOf(after) !== valuesOf(document)) return undefined
  const isFewer = findIn(after, context, settings).length < findIn(document, context, settings).length
  return isFewer ? { title: `Silence ${finding.code} here, and say why`, edits: [edit], safe: false } : undefined
}

function silencing(document: SkillDocument, { code, span }: Finding): Edit | undefined {
  const { fences, text, body } = document
  const at = lineEnd(text, span.start)
  const edit = (open: string, close: string): Edit => {
    const begin = `${text[at - 1] === ' ' ? '' : ' '}${open} skill-ls-disable ${code}: `
    return {
      span: { start: at, end: at },
      text: begin + placeholder + close,
      snippet: `${begin}\${1:${placeholder}}${close}`,
    }
  }
  if (fences && fences.content.start <= span.start && at <= fences.content.end) {
    return document.isReadable ? edit('#', '') : undefined
  }
  const isProse = document.blocks.some(
    ({ type, span: block }) => type === 'prose' && block.start <= span.start && span.start < block.end,
  )
  return span.start >= body.start && isProse ? edit('<!--', ' -->') : undefined
}

/** What the frontmatter says, apart from comments. */
function valuesOf({ entries, yaml }: SkillDocument): string {
  return JSON.stringify([yaml.faults.length, entries.map(({ key, value }) => [key, value.text])])
}
