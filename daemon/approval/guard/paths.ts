import { posix } from 'node:path'
import type { Word } from './shell/word.ts'

/** What paths there may be where a word names one. */
export interface Named {
  readonly paths: readonly string[]
  /** All that lies below, or several of its entries: the word is a pattern, or ends in something unknown. */
  readonly below: boolean
}

/** `folders`: where the shell may be. Null where the paths cannot be told. */
export function pathsOf(word: Word, folders: readonly string[] | null): Named | null {
  const known = word.text ?? word.lead
  // What only ends in something unknown is somewhere below what it begins with.
  const begins = word.text === null ? known.slice(0, known.lastIndexOf('/') + 1) : known
  const isBelow = word.text === null
  if (isBelow && begins === '' && word.glob === undefined) return null
  // A pattern that climbs: what it is below is not what it begins with.
  if (isBelow && word.glob?.slice(begins.length).split('/').includes('..')) return null
  if (begins.startsWith('/')) return { paths: [plain(begins)], below: isBelow }
  if (!folders) return null
  return { paths: folders.map((folder) => plain(posix.resolve(folder, begins))), below: isBelow }
}

function plain(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

/** Whether it is the folder itself or lies anywhere below. Both in plain form; nothing is asked of a disk. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
