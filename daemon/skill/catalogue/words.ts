/** Up to so many words a look at each is faster than a set. */
export const few = 64

/** A number for each distinct word. */
export function wordsIn(text: string): readonly number[] {
  const distinct: number[] = []
  let many: Set<number> | undefined
  everyWord(text, 1, (word) => {
    if (many) many.add(word)
    else if (!distinct.includes(word) && distinct.push(word) > few) many = new Set(distinct)
    return true
  })
  return many ? [...many] : distinct
}

/** Whether each has nine tenths of the distinct words of both. */
export function areNearlySame(one: readonly number[], other: readonly number[]): boolean {
  if (10 * one.length < 9 * other.length || 10 * other.length < 9 * one.length) return false
  const many = other.length > few ? new Set(other) : undefined
  let missing = 0
  for (const word of one) {
    if (many ? many.has(word) : other.includes(word)) continue
    missing++
    if (missing * 10 > one.length) return false
  }
  const same = one.length - missing
  return same > 0 && 10 * same >= 9 * (other.length + missing)
}

/** Whether `test` holds for the numbers of all words of `shortest` letters or more; asked in order, until it does not. */
export function everyWord(text: string, shortest: number, test: (word: number) => boolean): boolean {
  if (/[^\0-\x7F]/.test(text)) return everyWordOfAnyLetters(text, shortest, test)
  let hash = basis
  let letters = 0
  for (let i = 0; i <= text.length; i++) {
    const letter = i < text.length ? smallLetters[text.charCodeAt(i)]! : 0
    if (letter !== 0) {
      hash = mixed(hash, letter)
      letters++
      continue
    }
    if (letters >= shortest && !test(hash)) return false
    hash = basis
    letters = 0
  }
  return true
}

const basis = 2166136261

function mixed(hash: number, letter: number): number {
  return Math.imul(hash ^ letter, 16777619)
}

/** The small letters and digits of ASCII by the letters that they are of; 0 for what is in no word. */
const smallLetters = Uint8Array.from({ length: 128 }, (_, code) => {
  const small = String.fromCharCode(code).toLowerCase()
  return /[a-z0-9]/.test(small) ? small.charCodeAt(0) : 0
})

function everyWordOfAnyLetters(text: string, shortest: number, test: (word: number) => boolean): boolean {
  const words = text.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? []
  return words.every((word) => word.length < shortest || test(numberOf(word)))
}

function numberOf(word: string): number {
  let hash = basis
  for (let i = 0; i < word.length; i++) hash = mixed(hash, word.charCodeAt(i))
  return hash
}
