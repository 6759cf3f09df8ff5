/** The first place where a text is not JSON. */
export interface JsonFault {
  readonly at: number
  /** What is wrong as a clause without a full stop. */
  readonly message: string
}

const blanks = /[ \t\r\n]*/y
const scalar =
  /"(?:[^"\\\x00-\x1F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/**
 * Why the text between two offsets is not JSON; undefined where it is. YAML takes comments, commas at the end and bare words as well, so
 * it cannot tell. One pass, without recursion.
 */
export function jsonFaultIn(text: string, start: number, end: number): JsonFault | undefined {
  const open: ('{' | '[')[] = []
  let at = start
  let expects: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing' = 'value'
  for (;;) {
    blanks.lastIndex = at
    blanks.exec(text)
    at = blanks.lastIndex
    const character = at < end ? text[at]! : ''
    if (character === '') {
      if (expects === 'nothing') return undefined
      return { at: end, message: open.length > 0 ? `a ${open.at(-1)} is not closed` : 'there is no value' }
    }
    const closes = expects === 'commaOrEnd' || expects === 'valueOrEnd' || expects === 'keyOrEnd'
    if (closes && character === (open.at(-1) === '{' ? '}' : ']')) {
      open.pop()
      at++
      expects = open.length > 0 ? 'commaOrEnd' : 'nothing'
    } else if (expects === 'colon' || expects === 'commaOrEnd') {
      const wanted: string = expects === 'colon' ? ':' : ','
      if (character !== wanted) return { at, message: `a ${wanted === ':' ? 'colon' : 'comma'} is missing` }
      at++
      expects = wanted === ':' || open.at(-1) === '[' ? 'value' : 'key'
    } else if (expects === 'nothing') return { at, message: 'nothing may follow the value' }
    else if (expects === 'value' || expects === 'valueOrEnd') {
      if (character === '{' || character === '[') {
        open.push(character)
        at++
        expects = character === '{' ? 'keyOrEnd' : 'valueOrEnd'
        continue
      }
      scalar.lastIndex = at
      if (!scalar.test(text)) return { at, message: trouble(character, 'a value') }
      at = scalar.lastIndex
      expects = open.length > 0 ? 'commaOrEnd' : 'nothing'
    } else {
      scalar.lastIndex = at
      if (character !== '"' || !scalar.test(text)) return { at, message: trouble(character, 'a key in double quotes') }
      at = scalar.lastIndex
      expects = 'colon'
    }
  }
}

function trouble(character: string, expected: string): string {
  if (character === '/' || character === '#') return 'JSON has no comments'
  if (character === '}' || character === ']') return 'a comma stands before the end'
  if (character === "'") return 'JSON has double quotes only'
  return `${expected} is missing, or is not well formed`
}
