import type { Input, LineVisitor } from './command.ts'
import type { Flow, State } from './state.ts'
import type { Syntax } from './syntax.ts'
import type { Word } from './word.ts'

/** A line that is being followed, for whoever reads a part of it. */
export interface LineReading {
  readonly line: string
  readonly visitor: LineVisitor
  /** The words that a part becomes; commands in it are followed. */
  words(part: Syntax, at: State): Word[]
  word(part: Syntax, at: State): Word
  /** A construct that is not known to be harmless: the visitor is told, and what is in it is gone through. */
  refuse(part: Syntax, at: State): Flow
}

/** The same, for whoever follows statements in it. */
export interface LineWalk extends LineReading {
  statement(part: Syntax, at: State, input: Input): Flow
  /** One after another. */
  sequence(parts: readonly Syntax[], at: State, input?: Input): Flow
}
