import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine } from '../document/fences.ts'
import { fixBy, moveToMetadata, quoteValue, renameKey, writeName } from './edits.ts'
import { type Fix, fixTable, type Propose } from './fix.ts'

const toMetadata: Propose = (document, { span }) => [moved(document, span.start)]
const toNear: Propose = (_, { span, data }) => [
  typeof data?.['near'] === 'string' ? renameKey(span, data['near']) : undefined,
]
const toValue: Propose = (_, { span, data }) => {
  const value = data?.['value']
  return [typeof value === 'string' ? fixBy(`Change it to ${value}`, { span, text: value }, true) : undefined]
}

/** Fixes for K: the other keys. */
export const keyFixes = fixTable({
  K01: (document, finding, context) => [...toNear(document, finding, context), moved(document, finding.span.start)],
  K02: toMetadata,
  K03: toNear,
  K04: toNear,
  K07: (document, { span }) => [quoteValue(document, span)],
  K08: toMetadata,
  K09: toMetadata,
  K13: toValue,
  K14: (document) => [addFork(document)],
  K15: toNear,
  K18: (document, { span }) => [quoteValue(document, span)],
  K19: (_, { span, data }) => {
    const near = data?.['near']
    return [
      typeof near === 'string' ? fixBy(`Change it to ${near}`, { span, text: writeName(near) }, false) : undefined,
    ]
  },
})

function moved(document: SkillDocument, start: number): Fix | undefined {
  const entry = document.entries.find(({ keySpan }) => keySpan.start === start)
  return entry && moveToMetadata(document, entry)
}

function addFork(document: SkillDocument): Fix | undefined {
  const { text, eol } = document
  const entry = document.entry('agent') ?? document.entry('background')
  if (!entry) return undefined
  const at = nextLine(text, lineEnd(text, entry.value.span.end))
  return fixBy('Add context: fork', { span: { start: at, end: at }, text: `context: fork${eol}` }, false)
}
