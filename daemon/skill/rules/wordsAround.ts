import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'

/** Whether the path stands for any of its kind. */
export function isExample(document: SkillDocument, { start, end }: Span): boolean {
  return (
    /\b(?:e\.g\.|for (?:example|instance)|examples?|such as|would|could|might)(?![\w/])/i.test(
      lineUpTo(document, start),
    ) ||
    /^[^\w\n.,;:!?]{0,4}(?:(?:would|could|might)\b|[^\n.,;:!?]{0,90}\b(?:would|could|might) be\b)/.test(
      document.text.slice(end, end + 110),
    )
  )
}

/** Whether the text shows how it is not done. */
export function isWrong(document: SkillDocument, { start }: Span): boolean {
  return /\b(?:avoid|never|not|wrong|bad|instead of|incorrect)\b|n['’]t\b|[✗✘❌✕🚫]/iu.test(lineUpTo(document, start))
}

/** Whether the text says that the file is yet to be written. */
export function isMade({ text }: SkillDocument, { start }: Span): boolean {
  return /\b(?:save|create|write|generate|add|output|export|store|put)\w*\s[^.\n]{0,30}$/i.test(
    text.slice(Math.max(0, start - 40), start),
  )
}

/** The line up to `start`, its last 300 characters. */
function lineUpTo({ text }: SkillDocument, start: number): string {
  return text.slice(Math.max(text.lastIndexOf('\n', start - 1) + 1, start - 300), start)
}
