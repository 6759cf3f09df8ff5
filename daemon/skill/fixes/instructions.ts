import { linkedName } from '../document/location.ts'
import { fixBy } from './edits.ts'
import { type Fix, fixTable } from './fix.ts'
import { toNear } from './near.ts'

/** Fixes for G: files of instructions, rules and memories. */
export const instructionFixes = fixTable({
  G04: toNear,
  G05: ({ body, eol }, { data }): (Fix | undefined)[] => {
    const create = data?.['create']
    if (typeof create === 'string') {
      return [
        {
          title: 'Create a CLAUDE.md that imports this file',
          edits: [],
          files: [{ type: 'create', path: create, text: `@AGENTS.md${eol}` }],
          safe: false,
        },
      ]
    }
    const at = body.start
    return [fixBy('Import AGENTS.md', { span: { start: at, end: at }, text: `@AGENTS.md${eol}${eol}` }, false)]
  },
  G10: toNear,
  G11: toNear,
  G12: (document, finding, context) => {
    const { start, end, orphan } = finding.data ?? {}
    if (typeof start === 'number' && typeof end === 'number')
      return [fixBy('Remove the entry', { span: { start, end }, text: '' }, false)]
    if (typeof orphan !== 'string') return toNear(document, finding, context)
    const { text, eol } = document
    const gap = text === '' || text.endsWith('\n') ? '' : eol
    const entry = `${gap}- [${orphan.replace(/\.md$/i, '')}](${orphan.split('/').map(linkedName).join('/')})${eol}`
    return [fixBy('Add it to the index', { span: { start: text.length, end: text.length }, text: entry }, false)]
  },
})
