import type { Flow, State } from './state.ts'
import type { Syntax } from './syntax.ts'
import type { Word } from './word.ts'

/** Where a command's standard input comes from, as far as that tells what code it would run. */
export type Input =
  | { readonly type: 'none' | 'pipe' | 'unknown' }
  | { readonly type: 'file'; readonly path: Word }
  | { readonly type: 'text'; readonly text: string }

export interface Assignment {
  readonly name: string
  readonly value: Word
}

/** One simple command of a line. */
export interface Command {
  /** Its name first; empty where it only sets variables. */
  readonly words: readonly Word[]
  readonly assignments: readonly Assignment[]
  readonly input: Input
}

/** Is told of everything that is in a line, in the order in which it would happen. */
export interface LineVisitor {
  readonly home: string
  command(command: Command, state: State): Flow
  /** Set for the rest of the line, or for one command only. */
  assignment(assignment: Assignment): void
  /** A function of this name; what is in it has been told. */
  defined(name: string): void
  redirect(target: Word, effect: 'read' | 'write', state: State): void
  /** A construct that is not known to be harmless. */
  unknown(construct: string): void
}

/** What a construct is called in a sentence. */
export function constructName({ type, children }: Syntax): string {
  return names[type] ?? (children[0] && !children[0].named ? `“${children[0].type}”` : type.replaceAll('_', ' '))
}

const names: Record<string, string> = {
  ERROR: 'what is not valid in bash, or is not known to be',
  MISSING: 'something that lacks its end',
  expansion: 'an expansion that may run a command',
  arithmetic_expansion: 'arithmetic over text, which may run a command',
}
