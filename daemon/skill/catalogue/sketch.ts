const seeds = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f]

/** A few numbers that are mostly the same for texts with mostly the same words. */
export function sketchOf(text: string): readonly number[] {
  const least = seeds.map(() => 0x3fffffff)
  const lower = text.toLowerCase()
  if (/[^\0-\x7F]/.test(lower)) {
    for (const word of lower.match(/[\p{Letter}\p{Number}]+/gu) ?? []) take(least, word, 0, word.length)
    return least
  }
  for (let at = 0, end = 0; at < lower.length; at = end + 1) {
    for (end = at; end < lower.length && isLetterOrNumber(lower.charCodeAt(end)); ) end++
    if (end > at) take(least, lower, at, end)
  }
  return least
}

/** Of a small ASCII text. */
function isLetterOrNumber(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
}

/** The word from `start` to `end`. */
function take(least: number[], text: string, start: number, end: number): void {
  let hash = 2166136261
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  for (let i = 0; i < seeds.length; i++) {
    const mixed = Math.imul(hash ^ (hash >>> 15), seeds[i]!) >>> 2
    if (mixed < least[i]!) least[i] = mixed
  }
}

/** Whether two texts are worth comparing word by word. */
export function areAlike(one: readonly number[], other: readonly number[]): boolean {
  let same = 0
  for (let i = 0; i < one.length; i++) if (one[i] === other[i]) same++
  return same >= 2
}
