/** Characters of Latin text that make a token: the mean over 11,435 skills with the o200k table. */
const perToken = 4.13

/** About how many tokens a text costs: within a tenth for prose, without a table of a megabyte. */
export function estimateTokens(text: string): number {
  let wide = 0
  for (const character of text.matchAll(/[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\u{20000}-\u{3FFFF}]/gu))
    wide += character[0].length
  return Math.round((text.length - wide) / perToken + wide * 0.8)
}
