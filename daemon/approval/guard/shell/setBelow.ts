import type { Syntax } from './syntax.ts'

/** The variables that a part of a line may set, and whether only to numbers; and whether it may change the folder. */
export function setBelow(root: Syntax, line: string): { names: Map<string, boolean>; moves: boolean } {
  const names = new Map<string, boolean>()
  let moves = false
  const set = (name: string, counts: boolean) => names.set(name, counts && names.get(name) !== false)
  const visit = (part: Syntax) => {
    const text = (at: Syntax) => line.slice(at.start, at.end)
    if (part.type === 'variable_assignment') {
      const name = part.children.find(({ field }) => field === 'name')
      const value = part.children.find(({ field }) => field === 'value')
      if (name) set(text(name), value?.type === 'number' || value?.type === 'arithmetic_expansion')
    } else if (part.type === 'for_statement') {
      const name = part.children.find(({ field }) => field === 'variable')
      if (name) set(text(name), false)
    } else if (part.type === 'command') {
      const name = part.children.find(({ type }) => type === 'command_name')
      const called = name ? text(name) : ''
      if (!/^[\w./-]+$/.test(called) || movers.test(called)) moves = true
      if (setters.test(called))
        for (const child of part.children) if (child.field === 'argument') set(text(child), false)
    }
    for (const child of part.children) visit(child)
  }
  visit(root)
  return { names, moves }
}

const movers = /^(cd|pushd|popd|source|\.|eval|builtin|command)$/
const setters = /^(read|mapfile|readarray|getopts|printf)$/

/** What the functions that a line defines may set, whenever one of them is called. */
export function setInFunctions(root: Syntax, line: string) {
  const names = new Set<string>()
  let moves = false
  const visit = (part: Syntax) => {
    if (part.type === 'function_definition') {
      const set = setBelow(part, line)
      for (const name of set.names.keys()) names.add(name)
      moves ||= set.moves
    } else for (const child of part.children) visit(child)
  }
  visit(root)
  return { names, moves }
}
