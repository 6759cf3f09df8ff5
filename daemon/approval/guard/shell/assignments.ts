import type { Assignment } from './command.ts'
import type { LineReading } from './lineReading.ts'
import type { State } from './state.ts'
import type { Syntax } from './syntax.ts'
import { unknownWord } from './word.ts'

/** What an assignment sets; nothing where it is not understood, which the visitor is told. */
export function readAssignment(part: Syntax, at: State, reading: LineReading): Assignment[] {
  const { line, word, refuse } = reading
  const name = part.children.find(({ field }) => field === 'name')
  const value = part.children.find(({ field }) => field === 'value')
  if (part.type !== 'variable_assignment' || name?.type !== 'variable_name') {
    refuse(part, at)
    return []
  }
  const appends = part.children.some(({ type }) => type === '+=')
  const isList = value?.type === 'array'
  if (isList) for (const each of value.children) if (each.named) listEntry(each, at, reading)
  const span = value ?? part
  const read = !value
    ? { text: '', lead: '', many: false, dash: false, start: part.end, end: part.end }
    : isList
      ? unknownWord(span)
      : word(value, at)
  return [{ name: line.slice(name.start, name.end), value: appends ? unknownWord(span) : read }]
}

/** `[index]=value`: an index is arithmetic, which may run a command. */
function listEntry(part: Syntax, at: State, { line, words, refuse }: LineReading): void {
  if (line[part.start] === '[') refuse(part, at)
  else words(part, at)
}
