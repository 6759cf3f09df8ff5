import type { SkillDocument } from '../document/document.ts'
import { fixBy } from './edits.ts'
import { type Fix, fixTable } from './fix.ts'

/** Fixes for R: what nothing refers to. */
export const orphanFixes = fixTable({
  R10: (document, { data }) => [linked(document, data?.['relative'])],
})

function linked({ text, eol }: SkillDocument, relative: unknown): Fix | undefined {
  if (typeof relative !== 'string') return undefined
  const end = text.length
  const ended = text.endsWith('\n') ? '' : eol
  const target = /[\s()<>]/.test(relative) ? `<${relative}>` : relative
  const line = `${ended}${eol}- [${relative}](${target})${eol}`
  return fixBy('Add a link at the end', { span: { start: end, end }, text: line }, false)
}
