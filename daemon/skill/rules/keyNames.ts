import { skillKeys } from '../clients/keys.ts'

/** The key that `written` was probably meant to be: within two edits, and one for short ones. */
export function nearestKey(written: string): string | undefined {
  return nearest(
    written,
    skillKeys.map(({ key }) => key),
  )
}

/**
 * Of `words` the one that `written` was probably meant to be: the nearest, and of several such the first. Words shorter than `loose` are one
 * edit apart at most, others two.
 */
export function nearest(written: string, words: Iterable<string>, loose = 5): string | undefined {
  let most = written.length < loose ? 1 : 2
  const small = written.toLowerCase()
  const own = lettersOf(small)
  let found: string | undefined
  for (const word of words) {
    if (Math.abs(word.length - written.length) > most || word === written) continue
    const other = word.toLowerCase()
    // One edit takes one letter and brings another.
    if (bits(own ^ lettersOf(other)) > 2 * most) continue
    const far = distance(small, other)
    if (far > most) continue
    found = word
    if (far === 0) break
    most = far - 1
  }
  return found
}

/** Which letters a word has, as bits. */
function lettersOf(word: string): number {
  let letters = 0
  for (let i = 0; i < word.length; i++) letters |= 1 << (word.charCodeAt(i) & 31)
  return letters
}

function bits(set: number): number {
  let count = 0
  for (let left = set; left !== 0; left &= left - 1) count++
  return count
}

/** How many insertions, removals, replacements and swaps of neighbours lie between two words. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same)
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (swapped) least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[to.length]!
}
