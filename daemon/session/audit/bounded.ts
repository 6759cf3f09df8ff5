import { visible } from '#protocol/visible.ts'

/** Characters that an entry holds of one text. */
const longest = 1_000
const most = 20

/** For an entry to hold: everything in it shows, and where it goes on, how far is said. */
export function bounded(text: string): string {
  // Looked at no further than is kept, however long it is.
  const shown = visible(text.slice(0, longest))
  return text.length > longest ? `${shown}… (${text.length} characters)` : shown
}

/** The first of a list, each once; undefined where there are none. */
export function few(texts: readonly string[]): string[] | undefined {
  if (texts.length === 0) return undefined
  const distinct = [...new Set(texts)]
  const kept = distinct.slice(0, most).map(bounded)
  return distinct.length > most ? [...kept, `… (${distinct.length} in all)`] : kept
}
