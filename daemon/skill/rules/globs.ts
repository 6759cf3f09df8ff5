/** No client expands more patterns than this out of the braces of one. */
const mostPatterns = 1000

/** What is wrong with a pattern of paths, as a clause; undefined where nothing is. */
export function globTrouble(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'it is empty'
  let brackets = false
  let braces = 0
  let patterns = 1
  let choices = 1
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '\\') at++
    else if (brackets) brackets = character !== ']'
    else if (character === '[') brackets = true
    else if (character === '{') {
      braces++
      choices = 1
    } else if (character === ',' && braces > 0) choices++
    else if (character === '}' && braces > 0) {
      braces--
      patterns *= choices
      choices = 1
    }
    if (patterns > mostPatterns) return `its braces stand for more than ${mostPatterns.toLocaleString('en')} patterns`
  }
  if (brackets) return 'a `[` is not closed'
  return braces > 0 ? 'a `{` is not closed' : undefined
}
