import type { Input } from './command.ts'
import type { LineWalk } from './lineReading.ts'
import { setBelow } from './setBelow.ts'
import { either, type Flow, goesOn, isNumeric, merged, type State, withVariable } from './state.ts'
import type { Syntax } from './syntax.ts'
import { unknownWord } from './word.ts'

type ReadCompound = (part: Syntax, at: State, input: Input, walk: LineWalk) => Flow

/** Statements that hold others: those that are done under a condition, several times, or later. */
export const compounds: Readonly<Record<string, ReadCompound>> = {
  if_statement: conditional,
  elif_clause: conditional,
  while_statement: (part, at, input, { line, sequence, statement }) => {
    const begin = afterAny(part, at, line)
    const conditions = part.children.filter(({ field }) => field === 'condition')
    const { ok, failed } = sequence(conditions, begin, input)
    const body = part.children.find(({ field }) => field === 'body')
    const after = body && statement(body, either({ ok, failed }) ?? begin, input)
    return goesOn(merged(begin, after && either(after)))
  },
  for_statement: (part, at, input, { line, visitor, words, statement, refuse }) => {
    const variable = part.children.find(({ field }) => field === 'variable')
    const body = part.children.find(({ field }) => field === 'body')
    if (!variable || !body || part.children[0]?.type !== 'for') return refuse(part, at)
    const values = part.children.filter(({ field }) => field === 'value').flatMap((value) => words(value, at))
    const name = line.slice(variable.start, variable.end)
    visitor.assignment({ name, value: unknownWord(variable) })
    const known = values.every(({ text }) => text !== null) && values.length <= 8
    const begin = withVariable(afterAny(body, at, line), name, known ? values.map(({ text }) => text ?? '') : null)
    const after = statement(body, begin, input)
    return goesOn(merged(begin, either(after)))
  },
  case_statement: (part, at, input, { line, word, statement, refuse }) => {
    const value = part.children.find(({ field }) => field === 'value')
    if (!value) return refuse(part, at)
    word(value, at)
    const items = part.children.filter(({ type }) => type === 'case_item')
    // One may go on into the next.
    const begin = items.length > 0 ? afterAny(part, at, line) : at
    return goesOn(items.reduce<State>((end, item) => merged(end, either(statement(item, begin, input))) ?? end, begin))
  },
  case_item: (part, at, input, { line, visitor, word, sequence }) => {
    const patterns = part.children.filter(({ field }) => field === 'value')
    for (const pattern of patterns) {
      if (pattern.type !== 'extglob_pattern') word(pattern, at)
      else if (/[$`<>]/.test(line.slice(pattern.start, pattern.end)))
        visitor.unknown('a pattern that may run a command')
    }
    return sequence(
      part.children.filter(({ field }) => field !== 'value'),
      at,
      input,
    )
  },
  function_definition: (part, at, _, { line, visitor, statement, refuse }) => {
    const name = part.children.find(({ field }) => field === 'name')
    const body = part.children.find(({ field }) => field === 'body')
    if (!name || !body || part.children.some(({ field }) => field === 'redirect')) return refuse(part, at)
    // Called later, from anywhere.
    statement(
      body,
      { folders: null, variables: new Map([...at.variables.keys()].map((key) => [key, null])) },
      { type: 'unknown' },
    )
    visitor.defined(line.slice(name.start, name.end))
    return goesOn(at)
  },
}

function conditional(part: Syntax, at: State, input: Input, { line, sequence, statement }: LineWalk): Flow {
  const then = part.children.findIndex(({ type }) => type === 'then')
  const isBranch = ({ type }: Syntax) => type === 'elif_clause' || type === 'else_clause'
  const condition = sequence(part.children.slice(0, then), at, input)
  const met = condition.ok ?? at
  let end = either(
    sequence(
      part.children.slice(then).filter((each) => !isBranch(each)),
      met,
      input,
    ),
  )
  let left: State | undefined = condition.failed
  for (const branch of part.children.filter(isBranch)) {
    // What an earlier branch's condition did is done also where that branch was not taken.
    const from = left ?? at
    end = merged(end, either(statement(branch, from, input)))
    left = branch.type === 'else_clause' ? undefined : merged(from, afterAny(branch, from, line))
  }
  return goesOn(merged(end, left))
}

/** At any point of what may be done several times, or in parts. */
function afterAny(part: Syntax, at: State, line: string): State {
  const { names, moves } = setBelow(part, line)
  let state: State = moves ? { ...at, folders: null } : at
  for (const [name, counts] of names) {
    const numeric = counts && (!at.variables.has(name) || isNumeric(at.variables.get(name)))
    state = withVariable(state, name, numeric ? 'number' : null)
  }
  return state
}
