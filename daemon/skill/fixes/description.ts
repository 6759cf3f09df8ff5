import { fillIn, fixBy, insertKey, quoteValue } from './edits.ts'
import { fixTable } from './fix.ts'

/** Fixes for D: the description. */
export const descriptionFixes = fixTable({
  D01: (document) => [insertKey(document, 'description', undefined)],
  D02: (document, { span }) => [quoteValue(document, span)],
  D03: (document) => [fillIn(document, 'description', undefined)],
  D07: (document, { span }) => {
    const value = document.entry('description')?.value
    if (!value || value.style === 'literal' || value.style === 'folded' || document.slice(span).includes('\n'))
      return []
    const quote = value.style === 'single' || value.style === 'double' ? 1 : 0
    const at = span.end - quote
    const stop = /[.!?]$/.test(value.text.trim()) ? '' : '.'
    const edit = {
      span: { start: at, end: at },
      text: `${stop} Use when …`,
      snippet: `${stop} Use when \${1:…}`,
    }
    return [fixBy('Say when to use it', edit, false)]
  },
})
