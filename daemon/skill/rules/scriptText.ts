import type { SkillDocument } from '../document/document.ts'
import { lineEnd, nextLine, type Span } from '../document/fences.ts'

export type ScriptLanguage = 'shell' | 'python' | 'node' | 'ruby' | 'perl' | 'powershell'

const byExtension: Readonly<Record<string, ScriptLanguage>> = {
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  py: 'python',
  js: 'node',
  mjs: 'node',
  cjs: 'node',
  ts: 'node',
  rb: 'ruby',
  pl: 'perl',
  ps1: 'powershell',
}

/** What a script is written in, by how its name ends. */
export function languageOf({ path, uri }: SkillDocument): ScriptLanguage | undefined {
  return byExtension[/\.([a-z0-9]+)$/.exec(path ?? uri)?.[1] ?? '']
}

/** A line of a script without its comment and its indentation. */
export interface CodeLine {
  readonly start: number
  readonly code: string
}

/** More of a script is not looked at line by line. */
const longestScript = 1_000_000

/** The lines of code of a script; comments, blank lines and what stands in Python's long strings are left out. */
export function codeLines({ text }: SkillDocument, language: ScriptLanguage): CodeLine[] {
  const comment = language === 'node' ? /^(?:\/\/|\/?\*)/ : /^#/
  const lines: CodeLine[] = []
  let quote: string | undefined
  for (let at = 0; at < Math.min(text.length, longestScript); ) {
    const stop = lineEnd(text, at)
    const line = text.slice(at, Math.min(stop, at + 2000))
    const start = at + (line.length - line.trimStart().length)
    const code = line.trim()
    if (language === 'python' && quote !== undefined) {
      if (code.includes(quote)) quote = undefined
    } else if (code !== '' && !comment.test(code)) {
      lines.push({ start, code })
      const opened = language === 'python' ? /("""|''')/.exec(code)?.[1] : undefined
      if (opened && code.split(opened).length % 2 === 0) quote = opened
    }
    at = nextLine(text, stop)
  }
  return lines
}

/** Where a pattern is found in lines of code. */
export function placesOf(lines: readonly CodeLine[], pattern: RegExp): Span[] {
  return lines.flatMap(({ start, code }) => {
    const match = pattern.exec(code)
    if (!match) return []
    const lead = match[0].length - match[0].trimStart().length
    const from = start + match.index + lead
    return [{ start: from, end: from + match[0].trim().length }]
  })
}
