/**
 * A look for any of many words, whatever their capitals, the longest at each place first. Looks at the text letter by letter and tries the
 * words only where one of them can begin: a tenth of what a pattern of all of them costs.
 */
export function wordScan(
  words: readonly string[],
): (text: string, from: number) => { at: number; word: string } | undefined {
  const escaped = [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const any = new RegExp(escaped.join('|'), 'iy')
  const beginnings = new Uint8Array(32 ** 3)
  for (const word of words) {
    // What a short word is followed by may be anything.
    const [first, second, third] = [0, 1, 2].map((at) => lettersAt(word, at))
    for (const one of first!)
      for (const two of second!) for (const three of third!) beginnings[placeOf(one, two, three)] = 1
  }
  return (text, from) => {
    let second = text.charCodeAt(from)
    let third = text.charCodeAt(from + 1)
    for (let at = from; at < text.length; at++) {
      const first = second
      second = third
      third = text.charCodeAt(at + 2)
      if (beginnings[placeOf(first, second, third)] === 0) continue
      any.lastIndex = at
      const match = any.exec(text)
      if (match) return { at, word: match[0] }
    }
    return undefined
  }
}

/** Three letters as a number; capitals are the same as small ones, and others can have the same. */
function placeOf(first: number, second: number, third: number): number {
  return ((first & 31) << 10) | ((second & 31) << 5) | (third & 31)
}

function lettersAt(word: string, at: number): readonly number[] {
  const letter = word.charAt(at)
  return letter === '' ? every : [letter.toLowerCase().charCodeAt(0), letter.toUpperCase().charCodeAt(0)]
}

const every = Array.from({ length: 32 }, (_, letter) => letter)
