import { skillKeys } from '../clients/keys.ts'

/** The key that `written` was probably meant to be: within two edits, and one for short ones. */
export function nearestKey(written: string): string | undefined {
  return nearest(
    written,
    skillKeys.map(({ key }) => key),
  )
}

/** Of `words` the one that `written` was probably meant to be. */
export function nearest(written: string, words: readonly string[]): string | undefined {
  const most = written.length < 5 ? 1 : 2
  const ranked = words
    .filter((word) => Math.abs(word.length - written.length) <= most && word !== written)
    .map((word) => ({ word, distance: distance(written.toLowerCase(), word.toLowerCase()) }))
    .filter((each) => each.distance <= most)
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.word
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
