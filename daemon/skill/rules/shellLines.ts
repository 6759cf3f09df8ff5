import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine, type Span } from '../document/fences.ts'
import { once } from './once.ts'

/** A command of one line, or what stands between `&&`, `;` and `|`. */
export interface ShellCommand {
  readonly span: Span
  readonly text: string
}

const shells = /^(?:!|bash|sh|shell|zsh|console|shellsession|terminal)(?:\s|$|\{)/i

/** The lines of all fences that are shell code, prompts and comments left out. */
export const shellCommandsIn = once(readShellCommandsIn)

function readShellCommandsIn(document: SkillDocument): readonly ShellCommand[] {
  const found: ShellCommand[] = []
  for (const block of document.blocks) {
    if (block.type !== 'fence' || !shells.test(document.slice(block.info))) continue
    for (const command of commandLines(document.text, block.content)) found.push(command)
  }
  return found
}

/** The commands of each line of shell code. A line that is continued, a here-document and a loop are read line by line. */
export function commandLines(text: string, { start, end }: Span): ShellCommand[] {
  const found: ShellCommand[] = []
  for (let at = start; at < end; ) {
    const stop = Math.min(lineEnd(text, at), end)
    const line = text.slice(at, stop)
    const lead = /^\s*(?:\$ |> |% )?\s*/.exec(line)![0].length
    if (line[lead] !== '#' && lead < line.length) found.push(...partsOf(text, at + lead, stop))
    at = nextLine(text, stop)
  }
  return found
}

/** A line split at `&&`, `||`, `;`, `|` and `&` outside of quotes and `$(…)`. */
export function partsOf(text: string, start: number, end: number): ShellCommand[] {
  const found: ShellCommand[] = []
  let from = start
  let quote = ''
  let depth = 0
  const push = (to: number) => {
    const part = text.slice(from, to)
    const trimmed = part.trim()
    const at = from + (part.length - part.trimStart().length)
    if (trimmed !== '') found.push({ span: { start: at, end: at + trimmed.length }, text: trimmed })
  }
  for (let at = start; at < end; at++) {
    const character = text[at]!
    if (quote !== '') {
      if (character === quote) quote = ''
      else if (character === '\\' && quote === '"') at++
    } else if (character === '\\') at++
    else if (character === '"' || character === "'") quote = character
    else if (character === '(') depth++
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (depth > 0) continue
    else if (character === '#' && (at === start || /\s/.test(text[at - 1]!))) {
      push(at)
      return found
    } else if (/[;|&\n]/.test(character) && !isRedirection(text, at)) {
      push(at)
      while (at + 1 < end && /[;|&]/.test(text[at + 1]!)) at++
      from = at + 1
    }
  }
  push(end)
  return found
}

/** `2>&1`, `&>file` and `>|` are no separators. */
function isRedirection(text: string, at: number): boolean {
  return text[at - 1] === '>' || (text[at] === '&' && text[at + 1] === '>')
}

/** The program that a command starts, settings of variables before it left out. */
export function programOf({ text, span }: ShellCommand): { name: string; span: Span } | undefined {
  const match = /^(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*)\s+){0,20}([^\s"'<>(){}=`]+)(?=\s|$)/.exec(text)
  if (!match) return undefined
  const start = span.start + match[0].length - match[1]!.length
  return { name: match[1]!, span: { start, end: start + match[1]!.length } }
}
