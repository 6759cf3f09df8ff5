import type { SkillDocument } from '../document/document.ts'
import { nameIn, type Path } from '../document/location.ts'
import type { FileView } from '../workspace.ts'
import { fixBy } from './edits.ts'
import { type Fix, fixTable } from './fix.ts'

/** Fixes for C: skills among others. */
export const catalogueFixes = fixTable({
  C06: (document, { data }, { files }) => {
    const folder = data?.['folder']
    if (typeof folder !== 'string' || document.folderPath === undefined) return []
    const to = `${folder}/${nameIn(document.folderPath)}`
    const move: Fix = {
      title: `Move the skill to ${to}`,
      edits: [],
      files: [{ type: 'rename', from: document.folderPath, to }],
      safe: false,
    }
    return [move, copied(document, to, files)]
  },
  C07: ({ text }, { data }, { files }) => {
    const other = data?.['other']
    const theirs = typeof other === 'string' ? files.text(other) : undefined
    // A text that is not at hand as a whole is no replacement.
    if (theirs === undefined || theirs === 'missing' || theirs.length > 200_000) return []
    return [fixBy('Take the text of the other copy', { span: { start: 0, end: text.length }, text: theirs }, false)]
  },
})

/** A copy, where the skill is one file. */
function copied({ folderPath, text }: SkillDocument, to: Path, files: FileView): Fix | undefined {
  const items = folderPath === undefined ? undefined : files.list(folderPath)
  if (!items || items === 'missing' || items.length !== 1) return undefined
  return {
    title: `Copy the skill to ${to}`,
    edits: [],
    files: [{ type: 'create', path: `${to}/SKILL.md`, text }],
    safe: false,
  }
}
