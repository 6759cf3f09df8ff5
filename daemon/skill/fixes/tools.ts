import type { SkillDocument } from '../document/document.ts'
import type { Finding } from '../rules/findings.ts'
import { toolList } from '../rules/toolList.ts'
import { fixBy, plainValue } from './edits.ts'
import { type Fix, fixTable, type Propose } from './fix.ts'

const toNow: Propose = (_, { span, data }) => {
  const now = data?.['now'] ?? data?.['near']
  return [typeof now === 'string' ? fixBy(`Change it to ${now}`, { span, text: now }, false) : undefined]
}

/** Fixes for T: the tools. */
export const toolFixes = fixTable({
  T01: (document, finding) => [joined(document, finding)],
  T03: toNow,
  T05: (_, { span }) => [fixBy('Write a space instead of the colon', { span, text: ' *' }, true)],
  T12: toNow,
})

/** All tools on one line. */
function joined(document: SkillDocument, { data }: Finding): Fix | undefined {
  const list = toolList(document, 'allowed-tools')
  const separator = data?.['separator']
  if (!list || typeof separator !== 'string' || list.value.style === 'alias') return undefined
  const written = list.grants.map(({ text }) => text).join(separator)
  const { start, end } = list.value.span
  const before = document.text.lastIndexOf('\n', start - 1) + 1
  const ownLine = document.text.slice(before, start).trim() === '' || list.value.style === 'block'
  const key = document.entry('allowed-tools')!.keySpan
  const from = ownLine ? document.text.indexOf(':', key.end) + 1 : start
  const text = `${ownLine ? ' ' : ''}${plainValue(written)}`
  return fixBy('List the tools on one line', { span: { start: from, end }, text }, false)
}
