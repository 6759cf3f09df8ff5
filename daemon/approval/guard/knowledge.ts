import type { Effect } from '#protocol/guard.ts'
import type { Call } from './call.ts'
import type { Act } from './reasons.ts'
import type { Command } from './shell/command.ts'
import type { Word } from './shell/word.ts'

/** What an option, or its value, does. */
export interface Option {
  /** It takes a value: plain text, a path, one of a file that gives orders, a host, shell text that is run, code that is run, or something run that is not read. */
  readonly value?: 'text' | 'read' | 'orders' | 'write' | 'host' | 'shell' | 'code' | 'unseen'
  /** Only where it is in the same word (`-i.bak`, `--color=auto`). */
  readonly attached?: true
  readonly effect?: Effect
  readonly act?: Act
}

/** By its names: `'-o --output'`. */
export type Options = Readonly<Record<string, Option>>

/**
 * What the words that are no options are: `readTree` paths that are
 * read with all below, `pattern` is text and then paths that are read, `copy` paths that are read and
 * one that is written.
 */
type Operands = 'none' | 'read' | 'readTree' | 'write' | 'delete' | 'pattern' | 'copy' | 'host'

/** What is known of a program. What is not in the table is code that runs in the sandbox. */
export interface Knowledge {
  readonly effect: Effect
  /** Absent: text. */
  readonly operands?: Operands
  readonly options?: Options
  /** Long options have one dash, and short ones are not written together. */
  readonly oneDash?: true
  /** By the first operand; the program's own options stand before it. */
  readonly subcommands?: Readonly<Record<string, Knowledge>>
  /** Where the first operand is none of these. */
  readonly otherwise?: Knowledge
  /** All of it. */
  readonly act?: Act
  /** Where another program begins among its words. */
  readonly starts?: Starts
  /** Files of the folder that it runs in, from which it takes its orders where they are there. */
  readonly orders?: readonly string[]
  /** What a table cannot say. */
  readonly examine?: (call: Call, at: Examination) => void
}

/** Where a program that is started by another begins. */
interface Starts {
  /** Operands before it. */
  readonly skip?: number
  /** `NAME=value` words before it. */
  readonly assignments?: true
  /** Its words are joined and read by a shell, as `watch` does. */
  readonly shell?: true
  /** It runs on another computer, or in a container: its paths are not ours. */
  readonly elsewhere?: true
  /** `examine` starts it. */
  readonly byHand?: true
  /** Nothing is started where no words are left. */
  readonly optional?: true
}

/** How a program is started by another. */
export interface Started {
  /** On another computer or in a container. */
  readonly elsewhere?: boolean
  /** What people are told started it; absent: the other's name. */
  readonly via?: string
}

/** What is at hand to examine a call. */
export interface Examination {
  readonly command: Command
  /** Starts other programs. */
  run(words: readonly Word[], how?: Started): void
  /** Text that a shell reads; null where it is not known. */
  shell(text: string | null, word: Word | undefined, how?: Started): void
  /** A line of PowerShell or cmd.exe: its commands are noted, but for the program's own, `itself`. */
  windows(line: string, itself?: boolean): void
  /** A variable for what it starts. */
  sets(name: string, value: string | null): void
  /** Code of another language. */
  code(text: string | null): void
  reads(word: Word, tree?: boolean): void
  /** A file that it runs or takes its orders from: a word, or a name in the folder that it runs in. */
  obeys(file: Word | string): void
  writes(word: Word, tree?: boolean): void
  deletes(word: Word, tree?: boolean): void
  host(word: Word): void
  effect(effect: Effect): void
  reason(act: Act): void
}
