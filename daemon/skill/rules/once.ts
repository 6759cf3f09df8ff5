import type { SkillDocument } from '../document/document.ts'
import type { FileView } from '../workspace.ts'

/** Each reader has a place of its own among a document's facts: a WeakMap for each costs a microsecond a document. */
let readers = 0

/** What several rules read out of a document, read once: a document never changes. */
export function once<T extends object>(read: (document: SkillDocument) => T): (document: SkillDocument) => T {
  const place = readers++
  return (document) => {
    const found = (document.facts[place] as T | undefined) ?? read(document)
    document.facts[place] = found
    return found
  }
}

interface Seen<T> {
  readonly files: FileView
  readonly age: number
  readonly found: T
}

/** What several rules read out of a document and the disk around it, read again when either is another. */
export function onceSeen<T>(
  read: (document: SkillDocument, files: FileView) => T,
): (document: SkillDocument, files: FileView) => T {
  const place = readers++
  return (document, files) => {
    const before = document.facts[place] as Seen<T> | undefined
    if (before && before.files === files && before.age === files.age) return before.found
    const { age } = files
    const found = read(document, files)
    document.facts[place] = { files, age, found } satisfies Seen<T>
    return found
  }
}

/** A function of a word, worked out once for each. */
export function forEachWord<T>(answer: (word: string) => T): (word: string) => T {
  const known = new Map<string, T>()
  return (word) => {
    if (!known.has(word)) known.set(word, answer(word))
    return known.get(word)!
  }
}
