/** Takes the values of secrets out of text that leaves the sandbox for a log or a model. */
export interface Redaction {
  /** Each value is replaced by its name. */
  text(text: string): string
  /** The same for text that comes in pieces: answers what can be told so far, and at the end (`null`) the rest. */
  stream(): (piece: string | null) => string
}

/** Below this a value is too common a text to be taken out. */
const shortest = 6

/**
 * Of secrets by name. Values are taken as they are, without white space at their ends, and line by line as well where they have several:
 * a private key is as secret in parts. What a program encodes is not recognised.
 */
export function redaction(secrets: ReadonlyMap<string, Uint8Array>): Redaction | undefined {
  const shown = new Map<string, string>()
  for (const [name, value] of secrets) {
    const whole = Buffer.from(value).toString().trim()
    for (const part of [whole, ...whole.split(/\r?\n/).map((line) => line.trim())]) {
      if (part.length >= shortest && !/^-+[A-Z ]+-+$/.test(part)) shown.set(part, `[secret ${name}]`)
    }
  }
  if (shown.size === 0) return undefined
  // Longest first: a whole before its lines.
  const values = [...shown.keys()].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(values.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'g')
  const text = (given: string) => given.replace(pattern, (value) => shown.get(value) ?? '')
  const stream = () => {
    let held = ''
    return (piece: string | null) => {
      held += piece ?? ''
      let from = piece === null ? held.length : held.length - longestBeginning(held, values)
      // What begins within a value that is there already belongs to it.
      for (const { index, 0: value } of held.matchAll(pattern)) {
        if (index < from) from = Math.max(from, index + value.length)
      }
      const told = text(held.slice(0, from))
      held = held.slice(from)
      return told
    }
  }
  return { text, stream }
}

/** How many characters at the end of `text` could be the beginning of one of the values. */
function longestBeginning(text: string, values: readonly string[]): number {
  let longest = 0
  for (const value of values) {
    for (let length = Math.min(value.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(value.slice(0, length))) longest = length
    }
  }
  return longest
}
