import type { SkillDocument } from '../document/document.ts'

/** What several rules read out of a document, read once: a document never changes. */
export function once<T extends object>(read: (document: SkillDocument) => T): (document: SkillDocument) => T {
  const known = new WeakMap<SkillDocument, T>()
  return (document) => {
    const found = known.get(document) ?? read(document)
    known.set(document, found)
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
