import type { SkillDocument } from '../document/document.ts'
import { nameIn } from '../document/location.ts'
import { toSkillName } from '../document/names.ts'
import { agentsFolder } from '../rules/agentText.ts'
import { fixBy, insertKey, writeName } from './edits.ts'
import { type Fix, fixTable } from './fix.ts'
import { toNear } from './near.ts'

/** Fixes for Q: agents. */
export const agentFixes = fixTable({
  Q01: (document, { span, data }) => {
    if (data?.['add'] === true) return [insertKey(document, 'name', ownName(document))]
    const name = toSkillName(document.entry('name')?.value.text ?? '') ?? ownName(document)
    return [
      name === undefined ? undefined : fixBy(`Change the name to ${name}`, { span, text: writeName(name) }, false),
    ]
  },
  Q02: (document) => [insertKey(document, 'description', undefined)],
  Q03: toNear,
  Q05: toNear,
  Q07: toNear,
  Q08: toNear,
  Q09: (document) => [renamed(document, '.agent.md')],
  Q10: (document) => {
    const entry = document.entry('infer')
    if (!entry || typeof entry.value.scalar !== 'boolean' || document.entry('disable-model-invocation')) return []
    const span = { start: entry.keySpan.start, end: entry.value.span.end }
    const text = `disable-model-invocation: ${!entry.value.scalar}`
    return [fixBy(`Write ${text}`, { span, text }, true)]
  },
  Q11: toNear,
  Q12: toNear,
  Q15: toNear,
  Q16: ({ path, folderPath }) =>
    path === undefined || folderPath === undefined
      ? []
      : [
          {
            title: 'Rename the file to AGENTS.md',
            edits: [],
            files: [{ type: 'rename', from: path, to: `${folderPath}/AGENTS.md` }],
            safe: false,
          },
        ],
})

function ownName({ path }: SkillDocument): string | undefined {
  return path === undefined ? undefined : toSkillName(nameIn(path).replace(/(?:\.agent)?\.md$/, ''))
}

function renamed(document: SkillDocument, ending: string): Fix | undefined {
  const { path } = document
  const folder = agentsFolder(document)
  if (path === undefined || folder === undefined) return undefined
  const to = `${folder}/${nameIn(path).replace(/\.chatmode\.md$/, ending)}`
  return {
    title: `Rename the file to ${nameIn(to)}`,
    edits: [],
    files: [{ type: 'rename', from: path, to }],
    safe: false,
  }
}
