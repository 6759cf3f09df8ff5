import type { SkillDocument } from '../document/document.ts'
import { toolList } from '../rules/toolList.ts'
import { appendLine, fixBy, plainValue } from './edits.ts'
import { type Fix, fixTable } from './fix.ts'

/** Fixes for X: commands that run at loading. */
export const dynamicFixes = fixTable({
  X01: (_, { span }) => [
    fixBy('Put a space before it', { span: { start: span.start, end: span.start }, text: ' ' }, false),
  ],
  X02: (_, { data }) => {
    const end = data?.['end']
    return [
      typeof end === 'number'
        ? fixBy('Add || true', { span: { start: end, end }, text: ' || true' }, false)
        : undefined,
    ]
  },
  X03: (document, { data }) => [typeof data?.['grant'] === 'string' ? grant(document, data['grant']) : undefined],
  X08: (_, { span, data }) => {
    const path = data?.['path']
    const text = `\${CLAUDE_SKILL_DIR}/${path}`
    return [typeof path === 'string' ? fixBy('Start at the skill’s folder', { span, text }, false) : undefined]
  },
})

function grant(document: SkillDocument, tool: string): Fix | undefined {
  const title = `Allow ${tool}`
  const entry = document.entry('allowed-tools')
  if (!entry) return appendLine(document, `allowed-tools: ${plainValue(tool)}`, title)
  const list = toolList(document, 'allowed-tools')
  const last = list?.grants.at(-1)
  if (!list || !last) return undefined
  const at = last.span.end
  if (list.container !== 'list') {
    const separator = list.container === 'comma' ? ', ' : ' '
    return fixBy(title, { span: { start: at, end: at }, text: separator + tool }, false)
  }
  const item = list.value.items.at(-1)!
  const { end } = item.span
  if (list.value.style === 'flow') return fixBy(title, { span: { start: end, end }, text: `, "${tool}"` }, false)
  const line = document.text.lastIndexOf('\n', item.span.start - 1) + 1
  const indent = document.text.slice(line, item.span.start)
  const text = `${document.eol}${indent}${plainValue(tool)}`
  return /^\s*-\s+$/.test(indent) ? fixBy(title, { span: { start: end, end }, text }, false) : undefined
}
