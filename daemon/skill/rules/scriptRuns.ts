import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import { once } from './once.ts'
import { codeReference, type PathReference } from './pathReferences.ts'
import { partsOf, type ShellCommand, shellCommandsIn } from './shellLines.ts'

const run =
  /^(?:[A-Za-z_]\w{0,40}=\S{0,200}\s+)?(?:(?:python3?|node|bash|sh|zsh|ruby|perl|deno run|bun(?: run)?|uv run(?: python3?)?|npx tsx|tsx|pwsh|powershell)\s+(?:-[\w-]+\s+){0,5})?((?:\.\/)?[\w-]+(?:\/[\w.-]+)+\.(?:py|sh|js|mjs|cjs|ts|rb|pl|ps1))(?=\s|$)/

/** The scripts of relative paths that a text has run: in shell code, and in backticks. */
export const scriptRuns = once(readScriptRuns)

function readScriptRuns(document: SkillDocument): readonly PathReference[] {
  const found: PathReference[] = []
  const take = ({ text, span }: ShellCommand) => {
    const path = run.exec(text)
    if (!path) return
    const start = span.start + path[0].length - path[1]!.length
    const at: Span = { start, end: start + path[1]!.length }
    found.push(codeReference(document, path[1]!, at, at))
  }
  for (const command of shellCommandsIn(document)) take(command)
  for (const inline of document.inlines) {
    if (inline.type !== 'code' || inline.content.end - inline.content.start > 500) continue
    const code = document.slice(inline.content)
    // A path alone only names the script.
    if (!code.includes('/') || !/\s/.test(code.trim())) continue
    for (const command of partsOf(document.text, inline.content.start, inline.content.end)) take(command)
  }
  return found
}
