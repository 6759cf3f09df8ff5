import type { Span } from './fences.ts'

const before =
  /(?:\b(?:skill|command|run|runs|use|uses|using|invoke|invokes|call|calls|try|type|load|start|via|with|follow)\s+(?:the\s+)?)["'“`*]*$/i
const after = /^["'”`*]*\s+(?:skill|command|slash command|workflow)\b/i

/** Whether the words around say that the name at `span` is a skill or a command: `/tmp` and `$home` are neither. */
export function isCalled(text: string, span: Span): boolean {
  return before.test(text.slice(Math.max(0, span.start - 24), span.start)) || isCalledSkill(text, span)
}

export function isCalledSkill(text: string, span: Span): boolean {
  return after.test(text.slice(span.end, span.end + 24))
}
