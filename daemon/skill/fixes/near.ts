import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { fixBy } from './edits.ts'
import type { Fix, Propose } from './fix.ts'

/** Writes the word that was probably meant, in the quotes that are there. */
export const toNear: Propose = (document, { span, data }) => {
  const near = data?.['near']
  return [typeof near === 'string' ? replaceWord(document, span, near, true) : undefined]
}

/** Another word at `span`, in the quotes that stand there. */
export function replaceWord({ text }: SkillDocument, span: Span, word: string, safe: boolean): Fix {
  const quote = /["']/.exec(text[span.start] ?? '')?.[0] ?? ''
  return fixBy(`Change it to ${word}`, { span, text: quote + word + quote }, safe)
}
