/** A look for many words, in small letters, whatever capitals a text has: tells once of each that stands in it. */
export type WordFinder = (text: string, found: (word: string) => void) => void

/** So many letters are searched for each word by itself: to make the table takes as long as to do that with some more. */
const beforeTable = 30_000

/** Begins without the table of all words, which is made once there was enough to look through. */
export function wordFinder(words: readonly string[]): WordFinder {
  let letters = 0
  let inTable: WordFinder | undefined
  return (text, found) => {
    letters += text.length
    if (letters > beforeTable) {
      inTable ??= wordTable(words)
      return inTable(text, found)
    }
    const lower = text.toLowerCase()
    for (const word of words) if (lower.includes(word)) found(word)
  }
}

/** How common letters are, from the most common on; others are rare. */
const common = ' etaoinsrhldcumfpgwybvkxjqz'
const rarities = Uint8Array.from({ length: 128 }, (_, code) => {
  const rank = common.indexOf(String.fromCharCode(code))
  return rank < 0 ? common.length : rank
})

/** Common words: what stands in them is no rare thing to look for. */
const frequent = ' the and with from that this when then what into for you are not use all make need write file table '

/**
 * Reads a text two letters at a time: of each word it knows which four letters in a row stand at an even place wherever the word begins, and
 * tries the word only behind these. Words of one or two letters are looked for by themselves, so they should begin with a rare one.
 */
export function wordTable(words: readonly string[]): WordFinder {
  const tiny = words.filter((word) => word.length < 3)
  const longer = words.filter((word) => word.length >= 3)
  /** The number of a list of tries for each four letters; 0 for none. */
  const lists = new Uint16Array(1 << placeBits)
  /** A bit for each list: a sixteenth of the memory, which the processor has at hand. */
  const isKnown = new Uint32Array(lists.length >> 5)
  const tries: (readonly Try[])[] = [[]]
  const add = (own: readonly Try[], list: number, place: number) => {
    const other = lists[place]!
    isKnown[place >>> 5]! |= 1 << place
    lists[place] = other === 0 ? list : tries.push([...tries[other]!, ...own]) - 1
  }
  longer.forEach((word, number) => {
    for (let odd = 0; odd < 2; odd++) {
      const offset = rarest(word, odd)
      const own = [{ word, number, offset }]
      const list = tries.push(own) - 1
      const four = fourAt(word, offset)
      if (offset >= 0 && offset + 4 <= word.length) add(own, list, placeOf(four))
      else for (let any = 0; any < 32; any++) add(own, list, placeOf(four | (offset < 0 ? any : any << 24)))
    }
  })
  /** The scan that saw a word last. */
  const seen = new Uint32Array(longer.length)
  let scan = 0

  return (text, found) => {
    const lower = text.toLowerCase()
    for (const word of tiny) if (lower.includes(word)) found(word)
    const pairs = pairsOf(lower)
    const length = (lower.length + 1) >> 1
    scan++
    let before = pairs[0]!
    for (let pair = 0; pair < length; pair++) {
      const next = pairs[pair + 1]!
      const place = placeOf(before | (next << 16))
      if (((isKnown[place >>> 5]! >>> place) & 1) === 1) tryAt(lower, pair * 2, tries[lists[place]!]!, found)
      before = next
    }
  }

  function tryAt(lower: string, at: number, list: readonly Try[], found: (word: string) => void): void {
    for (const { word, number, offset } of list) {
      if (seen[number] === scan || at < offset || !lower.startsWith(word, at - offset)) continue
      seen[number] = scan
      found(word)
    }
  }
}

/** A word that may stand at `offset` before four letters. */
interface Try {
  readonly word: string
  readonly number: number
  readonly offset: number
}

/** Where the rarest four letters of a word stand at an even place (0) or an odd one (1); in short words beside others. */
function rarest(word: string, odd: number): number {
  let found = word.length < 5 ? -odd : odd
  let most = Number.NEGATIVE_INFINITY
  for (let offset = odd; offset + 4 <= word.length; offset += 2) {
    const rarity = rarityAt(word, offset)
    if (rarity > most) found = offset
    most = Math.max(most, rarity)
  }
  return found
}

function rarityAt(word: string, offset: number): number {
  let sum = frequent.includes(word.slice(offset, offset + 4)) ? -common.length : 0
  for (let at = offset; at < offset + 4; at++) sum += rarities[word.charCodeAt(at)] ?? common.length
  return sum
}

/** Four letters from `offset` on, 0 for what lies beside the word. */
function fourAt(word: string, offset: number): number {
  let four = 0
  for (let at = 0; at < 4; at++) four |= (word.charCodeAt(offset + at) & 31) << (8 * at)
  return four
}

const placeBits = 17

/** Four letters as a number; capitals are the same as small ones, and others can have the same. */
function placeOf(four: number): number {
  return Math.imul(four & 0x1f1f1f1f, 0x85ebca6b) >>> (32 - placeBits)
}

const kept = new Uint16Array(1 << 15)

/** The letters of a text two by two, and one pair more; they hold until the next text is read. */
function pairsOf(text: string): Uint16Array {
  const size = (text.length >> 1) + 2
  const pairs = size > kept.length ? new Uint16Array(size) : kept
  Buffer.from(pairs.buffer).write(text, 'latin1')
  return pairs
}
