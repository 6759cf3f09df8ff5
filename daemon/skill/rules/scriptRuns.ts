import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { once } from './once.ts'
import type { PathReference } from './pathReferences.ts'
import { partsOf, type ShellCommand, shellCommandsIn } from './shellLines.ts'

const run =
  /^(?:[A-Za-z_]\w{0,40}=\S{0,200}\s+)?(?:(?:python3?|node|bash|sh|zsh|ruby|perl|deno run|bun(?: run)?|uv run(?: python3?)?|npx tsx|tsx|pwsh|powershell)\s+(?:-[\w-]+\s+){0,5})?((?:\.\/)?[\w-]+(?:\/[\w.-]+)+\.(?:py|sh|js|mjs|cjs|ts|rb|pl|ps1))(?=\s|$)/

/** The scripts of relative paths that a text has run: in shell code, and in backticks. */
export const scriptRuns = once(readScriptRuns)

function readScriptRuns(document: SkillDocument): PathReference[] {
  const inCode = document.inlines.flatMap((inline): ShellCommand[] => {
    if (inline.type !== 'code' || inline.content.end - inline.content.start > 500) return []
    // A path alone only names the script.
    return /\s/.test(document.slice(inline.content).trim())
      ? partsOf(document.text, inline.content.start, inline.content.end)
      : []
  })
  return [...shellCommandsIn(document), ...inCode].flatMap(({ text, span }): PathReference[] => {
    const match = run.exec(text)
    if (!match) return []
    const start = span.start + match[0].length - match[1]!.length
    const at: Span = { start, end: start + match[1]!.length }
    return [{ form: 'code', written: match[1]!, span: at, whole: at, fragment: undefined, fragmentSpan: undefined }]
  })
}
