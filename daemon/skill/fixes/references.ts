import type { SkillDocument } from '../document/document.ts'
import { slugOf } from '../document/references.ts'
import { skillFolderVariable } from '../rules/references.ts'
import { fixBy } from './edits.ts'
import { type Fix, fixTable, type Propose } from './fix.ts'

const toNear: Propose = (_, { span, data }) => {
  const near = data?.['near']
  return [typeof near === 'string' ? fixBy(`Change it to ${near}`, { span, text: near }, false) : undefined]
}

/** Fixes for R: what a text refers to. */
export const referenceFixes = fixTable({
  R01: (document, finding, context) => [
    ...toNear(document, finding, context),
    created(document.slice(finding.span), finding.data?.['target']),
  ],
  R02: toNear,
  R04: (_, { span, data }) => {
    const near = data?.['near']
    return [typeof near === 'string' ? fixBy(`Change it to ${near}`, { span, text: near }, true) : undefined]
  },
  R05: (document, { span }) => [
    fixBy('Write it with /', { span, text: document.slice(span).replaceAll('\\', '/') }, true),
  ],
  R11: (_, { span, data }) => {
    const path = data?.['path']
    return [typeof path === 'string' ? fixBy('Make it a link', { span, text: `[${path}](${path})` }, false) : undefined]
  },
  R12: toNear,
  R13: (_, { span, data }, { profiles }) => {
    const variable = skillFolderVariable(profiles)
    const path = data?.['path']
    if (variable === undefined || typeof path !== 'string') return []
    return [fixBy('Start at the skill’s folder', { span, text: `${variable}/${path}` }, false)]
  },
  R15: (document) => [contents(document)],
})

function created(written: string, target: unknown): Fix | undefined {
  if (typeof target !== 'string' || !/\.(?:md|txt)$/i.test(target)) return undefined
  const name = target.slice(target.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '')
  const text = `# ${name}\n`
  return { title: `Create ${written}`, edits: [], files: [{ type: 'create', path: target, text }], safe: false }
}

/** A list of the headings below the title. */
function contents(document: SkillDocument): Fix | undefined {
  if (document.kind !== 'markdown') return undefined
  const { eol } = document
  const headings = document.blocks.flatMap((block) =>
    block.type === 'heading' && block.level === 2 ? [document.slice(block.title)] : [],
  )
  if (headings.length < 2) return undefined
  const title = document.blocks.find((block) => block.type === 'heading' && block.level === 1)
  const first = document.blocks.find((block) => block.type === 'heading' && block.level === 2)!
  const lines = headings.map((heading) => `- [${heading.replace(/[[\]]/g, '')}](#${slugOf(heading)})`)
  const at = title && title.span.start < first.span.start ? first.span.start : document.body.start
  const text = `## Contents${eol}${eol}${lines.join(eol)}${eol}${eol}`
  return fixBy('Add a list of contents', { span: { start: at, end: at }, text }, false)
}
