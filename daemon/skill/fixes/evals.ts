import { fixTable } from './fix.ts'
import { replaceWord, toNear } from './near.ts'

/** Fixes for E: tests of skills. */
export const evalFixes = fixTable({
  E01: toNear,
  E02: (document, { span, data }) => {
    const name = data?.['name']
    return [typeof name === 'string' ? replaceWord(document, span, name, false) : undefined]
  },
  E07: toNear,
})
