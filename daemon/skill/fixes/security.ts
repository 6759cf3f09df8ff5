import { fixBy } from './edits.ts'
import { fixTable } from './fix.ts'

/** Fixes for V. Only what nobody can have meant is removed. */
export const securityFixes = fixTable({
  V02: (_, { span, data }) => [
    data?.['remove'] ? fixBy('Remove the invisible characters', { span, text: '' }, false) : undefined,
  ],
})
