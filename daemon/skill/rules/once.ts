import type { SkillDocument } from '../document/document.ts'
import type { FileView } from '../workspace.ts'

/** What several rules read out of a document, read once: a document never changes. */
export function once<T extends object>(read: (document: SkillDocument) => T): (document: SkillDocument) => T {
  const known = new WeakMap<SkillDocument, T>()
  return (document) => {
    const found = known.get(document) ?? read(document)
    known.set(document, found)
    return found
  }
}

/** What several rules read out of a document and the disk around it, read again when either is another. */
export function onceSeen<T>(
  read: (document: SkillDocument, files: FileView) => T,
): (document: SkillDocument, files: FileView) => T {
  const known = new WeakMap<SkillDocument, { files: FileView; age: number; found: T }>()
  return (document, files) => {
    const before = known.get(document)
    if (before && before.files === files && before.age === files.age) return before.found
    const { age } = files
    const found = read(document, files)
    known.set(document, { files, age, found })
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
