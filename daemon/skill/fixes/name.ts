import type { SkillDocument } from '../document/document.ts'
import { parentOf } from '../document/location.ts'
import { isSkillName, toSkillName } from '../document/names.ts'
import { fillIn, fixBy, insertKey, quoteValue, rename, writeName } from './edits.ts'
import { type Fix, fixTable, type Propose } from './fix.ts'

const renamed: Propose = (document, { span }) => rename(document, document.entry('name')?.value.text ?? '', span)

/** Fixes for N: the name. */
export const nameFixes = fixTable({
  N01: (document) => [insertKey(document, 'name', document.folder && toSkillName(document.folder))],
  N02: (document, { span }) => [quoteValue(document, span)],
  N03: (document) => [fillIn(document, 'name', document.folder && toSkillName(document.folder))],
  N04: renamed,
  N05: renamed,
  N06: renamed,
  N07: renamed,
  N08: (document, { span }) => [useFolder(document, span), renameFolder(document)],
  N10: renamed,
  N11: (document, { span }) => {
    const name = document.entry('name')?.value.text ?? ''
    const last = toSkillName(name.slice(Math.max(name.lastIndexOf(':'), name.lastIndexOf('/')) + 1))
    const all = rename(document, name, span)
    const short = last && fixBy(`Change the name to ${last}`, { span, text: writeName(last) }, false)
    return [...all, last === document.folder ? undefined : short || undefined]
  },
  N13: renamed,
  N16: renamed,
})

function useFolder({ folder }: SkillDocument, span: { start: number; end: number }): Fix | undefined {
  if (folder === undefined || !isSkillName(folder)) return undefined
  return fixBy(`Use the folder’s name: ${folder}`, { span, text: writeName(folder) }, false)
}

function renameFolder({ folderPath, entries }: SkillDocument): Fix | undefined {
  const name = entries.find(({ key }) => key === 'name')?.value.text
  if (!folderPath || name === undefined || !isSkillName(name)) return undefined
  const to = `${parentOf(folderPath)}/${name}`
  return {
    title: `Rename the folder to ${name}`,
    edits: [],
    files: [{ type: 'rename', from: folderPath, to }],
    safe: false,
  }
}
