import { UsageError } from '../usage.ts'

/** Fewer characters than these name nothing: an answer is not to be given by a slip of the finger. */
const fewest = 4

/** The shortest end of an id that no other of these has. */
export function shortId(id: string, all: readonly string[]): string {
  for (let length = fewest; length < id.length; length++) {
    const end = id.slice(-length)
    if (all.every((other) => other === id || !other.endsWith(end))) return end
  }
  return id
}

/** The one of these that `text` is the beginning or the end of; undefined where it is none's. Throws `UsageError` where it is several's. */
export function findId(text: string, all: readonly string[]): string | undefined {
  if (all.includes(text)) return text
  if (text.length < fewest)
    throw new UsageError(`"${text}" is too short: give at least ${fewest} characters of the ID.`)
  const found = all.filter((id) => id.startsWith(text) || id.endsWith(text))
  if (found.length > 1) throw new UsageError(`"${text}" is ${found.length} approvals: ${found.join(', ')}.`)
  return found[0]
}
