/** A number for each word of a text, of `shortest` letters or more, in order; capitals do not count. */
export function wordHashesOf(text: string, shortest = 1): number[] {
  const hashes: number[] = []
  let hash = basis
  let letters = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : space
    if (code > 0x7f) return ofAnyLetters(text, shortest)
    const letter = smallLetters[code]!
    if (letter !== 0) {
      hash = mixed(hash, letter)
      letters++
      continue
    }
    if (letters >= shortest) hashes.push(hash)
    hash = basis
    letters = 0
  }
  return hashes
}

const basis = 2166136261
const space = 0x20

function mixed(hash: number, letter: number): number {
  return Math.imul(hash ^ letter, 16777619)
}

/** The small letters and digits of ASCII by the letters that they are of; 0 for what is in no word. */
const smallLetters = Uint8Array.from({ length: 128 }, (_, code) => {
  const small = String.fromCharCode(code).toLowerCase()
  return /[a-z0-9]/.test(small) ? small.charCodeAt(0) : 0
})

function ofAnyLetters(text: string, shortest: number): number[] {
  const words = text.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? []
  return words
    .filter((word) => word.length >= shortest)
    .map((word) => {
      let hash = basis
      for (let i = 0; i < word.length; i++) hash = mixed(hash, word.charCodeAt(i))
      return hash
    })
}
