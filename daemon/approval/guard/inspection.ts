import type { Found } from './found.ts'
import type { GuardContext } from './guard.ts'
import { runsLater } from './runsLater.ts'
import type { ParseShell } from './shell/loadShell.ts'
import type { Flow, State } from './shell/state.ts'
import type { Word } from './shell/word.ts'

/** What is at hand while an action is examined. */
export interface Inspection extends GuardContext {
  readonly parse: ParseShell
  readonly found: Found
  /** Reads a line that something in the action would give to a shell. */
  readLine(line: string, state: State, standing: Standing): Flow
}

/** Where a line stands: what started the shell that reads it, and where its text is in the action. */
export interface Standing {
  readonly via: readonly string[]
  /** The word that holds the line; absent for the action's own. */
  readonly word?: Word | undefined
  /** It runs on another computer or in a container. */
  readonly elsewhere?: boolean | undefined
  /** The shell itself does it, rather than a program that starts others. */
  readonly direct?: boolean
}

/** Notes a path that something names, and what it would make run once it is kept. */
export function notePath(
  { found, root }: Inspection,
  path: string,
  effect: 'read' | 'write' | 'delete',
  tree?: boolean,
): void {
  found.path(path, effect, { tree: tree ?? false })
  const later = effect === 'write' && path.startsWith(`${root}/`) ? runsLater(path.slice(root.length + 1)) : undefined
  if (later) found.reason('runs-later', `It writes ${path}. Once that is kept, ${later.what}.`)
}

/** Programs may start one another only so deep. */
export const maxDepth = 12

/** Files that are no place to keep anything, and so cost nothing to write. */
export function isDevice(path: string | null): boolean {
  return path !== null && /^\/dev\/(null|stdin|stdout|stderr|tty|zero|full|random|urandom|fd\/\d+)$/.test(path)
}

/** A word where a path may stand, and that names no file: standard input, or what a substitution gives. */
export function isNoFile({ text, lead }: Word): boolean {
  return isDevice(text) || text === '-' || text === '' || lead.startsWith('/dev/fd/')
}

/** Everything else that is a device. */
export function isRawDevice({ text, lead }: Word): boolean {
  return /^\/dev\/(?!shm\/|fd\/)/.test(text ?? lead) && !isDevice(text)
}
