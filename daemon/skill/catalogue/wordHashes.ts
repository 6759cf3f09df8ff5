/** A number for each word of a text, in order; capitals do not count. */
export function wordHashesOf(text: string): number[] {
  const hashes: number[] = []
  everyWord(text, 1, (word) => hashes.push(word) > 0)
  return hashes
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
  return words.every((word) => word.length < shortest || test(hashOf(word)))
}

function hashOf(word: string): number {
  let hash = basis
  for (let i = 0; i < word.length; i++) hash = mixed(hash, word.charCodeAt(i))
  return hash
}
