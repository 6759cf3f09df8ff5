import { nameIn } from '../document/location.ts'
import { formerNames } from '../rules/mentions.ts'
import { fixBy, newFrontmatter } from './edits.ts'
import { fixTable, type Propose } from './fix.ts'

const toNear: Propose = (_, { span, data }) => {
  const near = data?.['near']
  return [typeof near === 'string' ? fixBy(`Change it to ${near}`, { span, text: near }, false) : undefined]
}

/** Fixes for M: places that name a skill. */
export const mentionFixes = fixTable({
  M03: (document, finding, context) => {
    const { skill, root } = finding.data ?? {}
    if (typeof skill !== 'string' || typeof root !== 'string' || skill.includes('_'))
      return toNear(document, finding, context)
    const path = `${root}/${skill}/SKILL.md`
    const text = `${newFrontmatter('\n', skill).text}\n`
    const create = {
      title: `Create the skill ${skill}`,
      edits: [],
      files: [{ type: 'create', path, text }],
      safe: false,
    } as const
    return [...toNear(document, finding, context), create]
  },
  M04: (_, { span }) => [
    fixBy('Put a space before it', { span: { start: span.start, end: span.start }, text: ' ' }, false),
  ],
  M06: (_, { span }) => [
    fixBy('Put a backslash into it', { span: { start: span.start + 1, end: span.start + 1 }, text: '\\' }, false),
  ],
  M07: toNear,
  M10: (_, { span, data }) => {
    const at = span.start + 1
    const plugin = data?.['plugin']
    if (typeof plugin !== 'string') return []
    return [fixBy(`Write ${plugin}: before it`, { span: { start: at, end: at }, text: `${plugin}:` }, false)]
  },
  M12: (document, _, { files }) => {
    if (document.folderPath === undefined) return []
    const name = nameIn(document.folderPath)
    const edits = formerNames(document, files).map(({ span }) => ({ span, text: name }))
    return [{ title: `Change it to ${name} everywhere`, edits, safe: false }]
  },
})
