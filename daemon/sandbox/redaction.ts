/** Takes the values of secrets out of text on its way to a log, a model or a person. */
export interface Redaction {
  /** Each value is replaced by its name. */
  text(text: string): string
  /** The same for text that comes in pieces: answers what can be told so far, and at the end (`null`) the rest. */
  stream(): (piece: string | null) => string
  /** The same for every text within, but for words that are the daemon's own. What holds no value is given back as it is. */
  deep<T>(value: T): T
}

/** Below this a value is too common a text to be taken out. */
const shortest = 6
/** So much of a value is in the pattern that looks for it: the engine refuses one that holds a text of 32,768 characters. */
const headLength = 100
/** The oldest ones are forgotten beyond so many. */
const mostValues = 5_000

/**
 * Every secret that this daemon has held, the model's key included, for as long as it runs. Values are taken as they are,
 * without white space at their ends, in the spellings of JSON and of URLs, and line by line as well where they have
 * several: a private key is as secret in parts. What a program encodes otherwise is not recognised.
 */
export class KnownSecrets implements Redaction {
  /** By value, what is shown in its place. */
  readonly #shown = new Map<string, string>()
  /** The longest first: a whole before its lines. */
  #values: readonly string[] = []
  /** By what it begins with, those that may be meant where that is found, the longest first. */
  #byHead: ReadonlyMap<string, readonly string[]> = new Map()
  #heads: RegExp | undefined

  /** `name` is shown in its place, in brackets. */
  add(name: string, value: string | Uint8Array): void {
    const whole = (typeof value === 'string' ? value : Buffer.from(value).toString()).trim()
    const lines = whole.split(/\r?\n/).map((line) => line.trim())
    for (const part of [whole, ...lines].flatMap(spellings)) {
      if (part.length >= shortest && !/^-+[A-Z ]+-+$/.test(part)) this.#shown.set(part, `[${name}]`)
    }
    for (const oldest of this.#shown.keys()) {
      if (this.#shown.size <= mostValues) break
      this.#shown.delete(oldest)
    }
    this.#values = [...this.#shown.keys()].sort((a, b) => b.length - a.length)
    const byHead = Map.groupBy(this.#values, (part) => part.slice(0, headLength))
    const short = this.#values.filter((part) => part.length < headLength)
    for (const [head, whole] of byHead) {
      // Where a long one only begins, a short one may be whole.
      if (head.length === headLength) whole.push(...short.filter((part) => head.startsWith(part)))
    }
    this.#byHead = byHead
    const heads = [...byHead.keys()].map((head) => head.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    this.#heads = heads.length > 0 ? new RegExp(heads.join('|'), 'g') : undefined
  }

  text(text: string): string {
    let told = ''
    let end = 0
    for (const { index, value } of this.#found(text)) {
      told += text.slice(end, index) + this.#shown.get(value)
      end = index + value.length
    }
    return end > 0 ? told + text.slice(end) : text
  }

  stream(): (piece: string | null) => string {
    let held = ''
    return (piece) => {
      held += piece ?? ''
      let from = piece === null ? held.length : held.length - longestBeginning(held, this.#values)
      // What begins within a value that is there already belongs to it.
      for (const { index, value } of this.#found(held)) {
        if (index < from) from = Math.max(from, index + value.length)
      }
      const told = this.text(held.slice(0, from))
      held = held.slice(from)
      return told
    }
  }

  deep<T>(value: T): T {
    return this.#heads ? (this.#within(value, '') as T) : value
  }

  /** From left to right, none within another; of those that begin at one place the longest. */
  *#found(text: string): Iterable<{ index: number; value: string }> {
    const heads = this.#heads
    if (!heads) return
    for (let from = 0; ; ) {
      heads.lastIndex = from
      const found = heads.exec(text)
      if (!found) return
      const { index } = found
      const value = this.#byHead.get(found[0])?.find((each) => text.startsWith(each, index))
      if (value !== undefined) yield { index, value }
      from = index + (value?.length ?? 1)
    }
  }

  #within(value: unknown, key: string): unknown {
    if (typeof value === 'string') return ownWords.has(key) ? value : this.text(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      const parts = value.map((part) => this.#within(part, key))
      return parts.some((part, index) => part !== value[index]) ? parts : value
    }
    const parts = Object.entries(value).map(([name, part]): [string, unknown] => [name, this.#within(part, name)])
    const known = value as Record<string, unknown>
    return parts.some(([name, part]) => part !== known[name]) ? Object.fromEntries(parts) : value
  }
}

/** Where the daemon says one of its own words, a name that it made, or the folder that a session is found by. */
const ownWords: ReadonlySet<string> = new Set([
  ...['type', 'kind', 'verdict', 'source', 'risk', 'effect', 'mode', 'outcome', 'how', 'code', 'state', 'access'],
  ...['session', 'task', 'checkpoint', 'submission', 'hash', 'sha256', 'schema', 'folder'],
])

function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  return [value, json, json.replaceAll('/', '\\/'), encoded(value)]
}

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

/** How many characters at the end of `text` could be the beginning of one of the values. */
function longestBeginning(text: string, values: readonly string[]): number {
  let longest = 0
  for (const value of values) {
    // From the front, so that the first that fits is the longest.
    let at = text.indexOf(value[0] as string, Math.max(0, text.length - value.length + 1))
    while (at >= 0 && text.length - at > longest && !value.startsWith(text.slice(at))) {
      at = text.indexOf(value[0] as string, at + 1)
    }
    if (at >= 0) longest = Math.max(longest, text.length - at)
  }
  return longest
}
