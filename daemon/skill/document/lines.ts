import type { Position } from 'vscode-languageserver'

const newline = 10
const carriageReturn = 13

/** Where the lines of a text begin, as editors count them, found no further than somebody asks: most ask about its head. */
export class Lines {
  readonly #text: string
  readonly #starts = [0]
  /** All before is looked through. */
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** An offset in lines and characters; what lies beside the text counts as its start or end, what ends a line as before that. */
  positionAt(offset: number): Position {
    const inside = Math.max(0, Math.min(offset, this.#text.length))
    const line = this.#lineOf(inside)
    const start = this.#starts[line]!
    let end = inside
    while (end > start && isEnd(this.#text.charCodeAt(end - 1))) end--
    return { line, character: end - start }
  }

  /** Where the line of an offset of the text begins. */
  startAt(offset: number): number {
    return this.#starts[this.#lineOf(offset)]!
  }

  #lineOf(offset: number): number {
    const text = this.#text
    const starts = this.#starts
    for (; this.#at < offset; this.#at++) {
      const code = text.charCodeAt(this.#at)
      if (!isEnd(code)) continue
      if (code === carriageReturn && text.charCodeAt(this.#at + 1) === newline) this.#at++
      starts.push(this.#at + 1)
    }
    let low = 0
    let high = starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (starts[middle]! > offset) high = middle
      else low = middle + 1
    }
    return low - 1
  }
}

function isEnd(code: number): boolean {
  return code === newline || code === carriageReturn
}
