import type { SkillDocument } from '../document/document.ts'
import type { Rule } from './rule.ts'

/** What a rule finds nothing without: any one of all that is named here. */
export interface Needs {
  /** Top-level keys of the frontmatter, or of a file that is YAML or JSON. */
  readonly keys?: readonly string[]
  /** What stands anywhere in the text, in ASCII and small letters; capitals do not count. */
  readonly words?: readonly string[]
}

/** Tells by one look at a document which of `rules` are worth trying: their numbers in the list are not 0 in the answer. */
export function gateOf(rules: readonly Rule[]): (document: SkillDocument) => Uint8Array {
  const always = new Uint8Array(rules.length)
  const byKey = new Map<string, number[]>()
  const byWord = new Map<string, number[]>()
  rules.forEach(({ needs }, number) => {
    if (!needs) always[number] = 1
    for (const key of needs?.keys ?? []) byKey.set(key, [...(byKey.get(key) ?? []), number])
    for (const word of needs?.words ?? []) byWord.set(word, [...(byWord.get(word) ?? []), number])
  })
  const wordsIn = wordFinder([...byWord.keys()])
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

const empty: readonly number[] = []

/** Tells `found` once of each word that a text has, looking at every letter once: words are tried only where their first three stand. */
function wordFinder(words: readonly string[]): (text: string, found: (word: string) => void) => void {
  const places = new Uint16Array(32 ** 3)
  const starting: number[][] = [[]]
  words.forEach((word, number) => {
    for (const place of placesOf(word)) {
      if (places[place] === 0) places[place] = starting.push([]) - 1
      starting[places[place]!]!.push(number)
    }
  })
  return (text, found) => {
    const lower = text.toLowerCase()
    const seen = new Uint8Array(words.length)
    let left = words.length
    let place = ((lower.charCodeAt(0) & 31) << 5) | (lower.charCodeAt(1) & 31)
    for (let at = 0; at < lower.length && left > 0; at++) {
      place = ((place & 1023) << 5) | (lower.charCodeAt(at + 2) & 31)
      const start = places[place]!
      if (start === 0) continue
      for (const number of starting[start] ?? empty) {
        if (seen[number] === 1 || !lower.startsWith(words[number]!, at)) continue
        seen[number] = 1
        left--
        found(words[number]!)
      }
    }
  }
}

/** Every number that the first three letters of a text can have which begins with `word`; other letters can have the same. */
function placesOf(word: string): number[] {
  const letters = [0, 1, 2].map((at) => (at < word.length ? [word.charCodeAt(at) & 31] : every))
  return letters[0]!.flatMap((one) =>
    letters[1]!.flatMap((two) => letters[2]!.map((three) => (one << 10) | (two << 5) | three)),
  )
}

const every = Array.from({ length: 32 }, (_, letter) => letter)
