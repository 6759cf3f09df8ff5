import type { SkillDocument } from '../document/document.ts'
import type { Rule } from './rule.ts'
import { type WordFinder, wordFinder } from './wordFinder.ts'

/** What a rule finds nothing without: any one of all that is named here. */
export interface Needs {
  /** Top-level keys of the frontmatter, or of a file that is YAML or JSON. */
  readonly keys?: readonly string[]
  /** What stands anywhere in the text, in small letters; capitals do not count. */
  readonly words?: readonly string[]
}

/** Finds what any of `rules` needs. Its table takes milliseconds to make, so several gates should have one. */
export function finderFor(rules: readonly Rule[]): WordFinder {
  return wordFinder([...new Set(rules.flatMap(({ needs }) => needs?.words ?? []))])
}

/**
 * Tells by one look at a document which of `rules` are worth trying: their numbers in the list are not 0 in the answer. `wordsIn` finds at
 * least what they need.
 */
export function gateOf(
  rules: readonly Rule[],
  wordsIn: WordFinder = finderFor(rules),
): (document: SkillDocument) => Uint8Array {
  const always = new Uint8Array(rules.length)
  const byKey = new Map<string, number[]>()
  const byWord = new Map<string, number[]>()
  rules.forEach(({ needs }, number) => {
    if (!needs) always[number] = 1
    for (const key of needs?.keys ?? []) byKey.set(key, [...(byKey.get(key) ?? []), number])
    for (const word of needs?.words ?? []) byWord.set(word, [...(byWord.get(word) ?? []), number])
  })
  return (document) => {
    const worth = always.slice()
    if (byKey.size > 0) for (const { key } of document.entries) mark(worth, byKey.get(key))
    if (byWord.size > 0) wordsIn(document.text, (word) => mark(worth, byWord.get(word)))
    return worth
  }
}

function mark(worth: Uint8Array, numbers: readonly number[] | undefined): void {
  if (numbers) for (const number of numbers) worth[number] = 1
}
