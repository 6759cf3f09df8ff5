import { lineEnd, nextLine } from '../document/fences.ts'
import { starters } from '../rules/scripts.ts'
import { languageOf } from '../rules/scriptText.ts'
import { fixBy } from './edits.ts'
import { fixTable } from './fix.ts'

/** Fixes for S: what a skill runs. */
export const scriptFixes = fixTable({
  S01: (document) => {
    const language = languageOf(document)
    const starter = language && starters[language]
    if (!starter || document.text.startsWith('#!')) return []
    return [fixBy(`Begin with ${starter}`, { span: { start: 0, end: 0 }, text: starter + document.eol }, true)]
  },
  S02: ({ text, eol }) => {
    const at = text.startsWith('#!') ? nextLine(text, lineEnd(text, 0)) : 0
    const gap = at > 0 && text[at - 1] !== '\n' ? eol : ''
    return [
      fixBy('Stop at the first error', { span: { start: at, end: at }, text: `${gap}set -euo pipefail${eol}` }, false),
    ]
  },
})
