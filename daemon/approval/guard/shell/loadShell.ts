import { readFile } from 'node:fs/promises'
import grammar from 'tree-sitter-bash/tree-sitter-bash.wasm'
import { Language, Parser } from 'web-tree-sitter'
import engine from 'web-tree-sitter/web-tree-sitter.wasm'
import { type Syntax, syntaxOf } from './syntax.ts'

/** The syntax of a shell line; null where reading it takes longer than such lines do. */
export type ParseShell = (line: string) => Syntax | null

/** The parser of bash: web-tree-sitter and its grammar, both WebAssembly. */
export async function loadShell(): Promise<ParseShell> {
  const [wasmBinary, bash] = await Promise.all(
    [engine, grammar].map((file) => readFile(new URL(file, import.meta.url))),
  )
  await Parser.init({ wasmBinary })
  const parser = new Parser().setLanguage(await Language.load(bash as Uint8Array))
  return (line) => {
    const tree = parser.parse(line, null, { progressCallback: timeLimit() })
    if (!tree) {
      parser.reset()
      return null
    }
    const syntax = syntaxOf(tree)
    tree.delete()
    return syntax
  }
}

/** Whether reading has taken too long: by the clock and by the processor, which on a busy machine is not ours all the time. */
function timeLimit(): () => boolean {
  const stopAt = performance.now() + limitMs
  const begin = process.cpuUsage()
  return () => {
    if (performance.now() <= stopAt) return false
    const { user, system } = process.cpuUsage(begin)
    return user + system > limitMs * 1000
  }
}

/** Of a line that is as long as one may be it takes 6; a crafted one could take a second. */
const limitMs = 25
