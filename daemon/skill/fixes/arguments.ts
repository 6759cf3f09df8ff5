import { hintFor } from '../rules/arguments.ts'
import { appendLine, fixBy, singleQuoted } from './edits.ts'
import { fixTable } from './fix.ts'

/** Fixes for A: arguments and variables. */
export const argumentFixes = fixTable({
  A01: (document) => [
    appendLine(document, `argument-hint: ${singleQuoted(hintFor(document))}`, 'Add a hint for the arguments'),
  ],
  A03: (_, { span, data }) => {
    const near = data?.['near']
    return [typeof near === 'string' ? fixBy(`Change it to $${near}`, { span, text: `$${near}` }, false) : undefined]
  },
  A05: (_, { span }) => [
    fixBy('Put a backslash before it', { span: { start: span.start, end: span.start }, text: '\\' }, true),
  ],
  A07: (_, { span, data }) => {
    const near = data?.['near']
    const text = `\${${near}}`
    return [typeof near === 'string' ? fixBy(`Change it to ${text}`, { span, text }, false) : undefined]
  },
})
