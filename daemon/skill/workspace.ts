import type { Path } from './document/location.ts'

export interface FileStat {
  readonly type: 'file' | 'folder'
  /** In bytes; 0 for a folder. */
  readonly size: number
  /** In milliseconds since 1970. */
  readonly modified: number
  readonly executable: boolean
}

export interface FolderItem {
  readonly name: string
  /** Of what it leads to; `link` is one that leads nowhere. */
  readonly type: 'file' | 'folder' | 'link'
  readonly linked: boolean
}

/** Nothing is there, or it may not be read. */
export type Missing = 'missing'

/** By these it is seen that a file is as it was. */
export type FileMarks = Pick<FileStat, 'size' | 'modified'>

export interface FileText extends FileMarks {
  /** Empty for a file that is larger than what was asked for. */
  readonly text: string
}

/** Known at once, or to be waited for. */
export type Answer<T> = T | Promise<T>

/**
 * The disk as the language service uses it. Nothing here throws and nothing is watched: who owns the workspace tells of changes. Follows
 * symbolic links; a loop of links is missing.
 */
export interface SkillWorkspace {
  stat(path: Path): Answer<FileStat | Missing>
  /** Where a path leads when all links are followed. */
  real(path: Path): Answer<Path | Missing>
  /** What a folder holds, by name; missing for what is no folder. */
  list(path: Path): Answer<readonly FolderItem[] | Missing>
  /** A file as text. What is not UTF-8 is read with replacement characters; `longest` is in bytes, and what is larger is cut there. */
  read(path: Path, longest: number): Answer<string | Missing>
  /** A file that may be known already: `same` where it is as `known` says, otherwise its text if it is not larger than `longest`. */
  look(path: Path, longest: number, known: FileMarks | undefined): Answer<FileText | 'same' | Missing>
}

/** The same disk, answered at once and remembered: only for a program that nobody waits for meanwhile. */
export interface DiskAtOnce extends SkillWorkspace {
  stat(path: Path): FileStat | Missing
  real(path: Path): Path | Missing
  list(path: Path): readonly FolderItem[] | Missing
  read(path: Path, longest: number): string | Missing
  look(path: Path, longest: number, known: FileMarks | undefined): FileText | 'same' | Missing
  /** Files or folders appeared, changed or vanished. */
  forget(paths: readonly Path[]): void
}

/** All answers, without waiting where there is nothing to wait for: a promise costs more than most of what a disk is asked. */
export function all<T>(answers: readonly Answer<T>[]): Answer<readonly T[]> {
  return answers.some((answer) => answer instanceof Promise) ? Promise.all(answers) : (answers as readonly T[])
}

export function isAsKnown({ size, modified }: FileMarks, known: FileMarks | undefined): boolean {
  return known !== undefined && known.size === size && known.modified === modified
}

/**
 * The disk as a rule sees it: at once, and `undefined` for what is not known yet. What a rule asked for and did not get is fetched,
 * and the rules are asked again. A rule that is silent on `undefined` is right.
 */
export interface FileView {
  /** Grows whenever an answer may be another than before. */
  readonly age: number
  stat(path: Path): FileStat | Missing | undefined
  /** Where a path leads when all links are followed. */
  real(path: Path): Path | Missing | undefined
  list(path: Path): readonly FolderItem[] | Missing | undefined
  /** At most the first 256 KiB. */
  text(path: Path): string | Missing | undefined
}

/** Files of which nothing is known. */
export const noFiles: FileView = {
  age: 0,
  stat: () => undefined,
  real: () => undefined,
  list: () => undefined,
  text: () => undefined,
}
