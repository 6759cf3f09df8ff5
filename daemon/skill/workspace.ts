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

/**
 * The disk as the language service uses it. Nothing here throws and nothing is watched: who owns the workspace tells of changes. Follows
 * symbolic links; a loop of links is missing.
 */
export interface SkillWorkspace {
  stat(path: Path): Promise<FileStat | Missing>
  /** Where a path leads when all links are followed. */
  real(path: Path): Promise<Path | Missing>
  /** What a folder holds, by name; missing for what is no folder. */
  list(path: Path): Promise<readonly FolderItem[] | Missing>
  /** A file as text. What is not UTF-8 is read with replacement characters; `longest` is in bytes, and what is larger is cut there. */
  read(path: Path, longest: number): Promise<string | Missing>
}

/** The same disk, answered at once and remembered: only for a program that nobody waits for meanwhile. */
export interface DiskAtOnce {
  stat(path: Path): FileStat | Missing
  real(path: Path): Path | Missing
  list(path: Path): readonly FolderItem[] | Missing
  read(path: Path, longest: number): string | Missing
  /** Files or folders appeared, changed or vanished. */
  forget(paths: readonly Path[]): void
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
