import { ruleTable } from './rule.ts'
import { suppressionsIn, suppressionWord } from './suppressions.ts'

const everyKind = ['skill', 'flatSkill', 'agent', 'instructions', 'memory', 'markdown'] as const

/** Z: comments that silence rules. */
export const suppressionRules = ruleTable({
  Z01: {
    title: 'Suppression without a reason',
    severity: 'information',
    kinds: everyKind,
    anyMarkdown: true,
    why: 'Who reads the comment later cannot tell whether it still holds.',
    needs: { words: [suppressionWord] },
    check: (document) =>
      suppressionsIn(document)
        .filter(({ reason }) => reason === '')
        .map(({ span }) => ({ span, message: 'Say why: `skill-ls-disable CODE: reason`.' })),
  },
  Z02: {
    title: 'Suppression without a rule',
    severity: 'warning',
    kinds: everyKind,
    anyMarkdown: true,
    why: 'A comment that names no rule silences nothing.',
    needs: { words: [suppressionWord] },
    check: (document) =>
      suppressionsIn(document)
        .filter(({ codes }) => codes.length === 0)
        .map(({ span }) => ({ span, message: 'Name the rules to silence: `skill-ls-disable N05: reason`.' })),
  },
})
