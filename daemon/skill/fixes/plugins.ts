import { toSkillName } from '../document/names.ts'
import { fixBy } from './edits.ts'
import { fixTable } from './fix.ts'
import { replaceWord, toNear } from './near.ts'

/** Fixes for P: plugins and marketplaces. */
export const pluginFixes = fixTable({
  P01: toNear,
  P02: (document, { span, data }) => {
    const folder = data?.['folder']
    return [typeof folder === 'string' ? replaceWord(document, span, folder, false) : undefined]
  },
  P04: toNear,
  P05: (document, { span, data }) => {
    const name = toSkillName(String(data?.['name'] ?? ''))
    return [name === undefined ? undefined : replaceWord(document, span, name, false)]
  },
  P06: (document, { span, data }) => {
    const path = data?.['path']
    if (typeof path !== 'string') return []
    const at = document.slice(span).indexOf(path)
    if (at < 0) return []
    const whole = `\${CLAUDE_PLUGIN_ROOT}/${path.replace(/^\.\//, '')}`
    const start = span.start + at
    return [
      fixBy(
        'Begin the path with CLAUDE_PLUGIN_ROOT',
        { span: { start, end: start + path.length }, text: whole },
        false,
      ),
    ]
  },
})
