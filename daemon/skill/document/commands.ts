import type { Span } from './fences.ts'
import type { Block } from './markdown.ts'

/** A shell command that Claude Code runs when it loads the skill, before the model reads the text. */
export interface DynamicCommand {
  /** From the `!` to the last backtick. */
  readonly span: Span
  readonly command: Span
  readonly form: 'inline' | 'fence'
  /** It runs. Otherwise a character stands right before the `!`, and it is shown as text. */
  readonly runs: boolean
}

const inline = /!`([^`\n]{1,4000})`/g

/** The dynamic commands of a body, in order. An inline one in a code fence is run as well. */
export function dynamicCommandsIn(text: string, body: Span, blocks: readonly Block[]): DynamicCommand[] {
  const found: DynamicCommand[] = []
  for (const block of blocks) {
    if (block.type !== 'fence' || text[block.info.start] !== '!') continue
    found.push({
      span: { start: block.span.start, end: block.span.end },
      command: block.content,
      form: 'fence',
      runs: true,
    })
  }
  const first = text.indexOf('!`', body.start)
  if (first < 0 || first >= body.end) return found
  const source = text.slice(body.start, body.end)
  for (const match of source.matchAll(inline)) {
    const start = body.start + match.index
    const before = match.index === 0 ? '\n' : source[match.index - 1]!
    const command = { start: start + 2, end: start + 2 + match[1]!.length }
    found.push({ span: { start, end: start + match[0].length }, command, form: 'inline', runs: /\s/.test(before) })
  }
  return found.sort((a, b) => a.span.start - b.span.start)
}
