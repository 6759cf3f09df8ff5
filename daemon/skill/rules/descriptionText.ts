/** Phrases that say when a skill is the right one, in the languages that skills are written in. */
const when = [
  /\bwhen(?:ever)?\b|\buse (?:this|it|for|to|if|in|on|as|before|after|proactively)\b|\btriggers?\b|\bactivate[sd]?\b|\binvoked?\b|\bapplies (?:to|if)\b/i,
  /\bif (?:the )?(?:user|you|someone|a |an |there)|\bfor (?:requests|questions|tasks|projects|users|work|any)\b|\bbefore \w+ing\b|\bafter \w+ing\b|\bwhile \w+ing\b|\bshould be used\b|\bask(?:s|ed|ing)? (?:for|to|about)\b|\bmentions?\b/i,
  /使用|当|時|时|場合|用于|用於|适用|適用|触发|觸發|需要|すると|ときに|とき|경우|때|사용/,
  /\b(?:quand|lorsqu[e’']|si l|cuando|cuándo|al (?:crear|usar)|usar (?:para|cuando)|utiliser|utilisez|wenn|sobald|falls|nutze|verwende|bei |quando|usa(?:re)?|use (?:quando|ao)|wanneer|gebruik|när|använd)\b/i,
  /(?:^|\s)(?:когда|если|при|используй|используйте|для|коли|якщо)(?:\s|$)/i,
  /عند|إذا|استخدم|जब|के लिए|khi /i,
]

/** The offset at which a description says when to use it; undefined where it does not. */
export function tellsWhen(text: string): number | undefined {
  const found = when.map((pattern) => text.search(pattern)).filter((at) => at >= 0)
  return found.length > 0 ? Math.min(...found) : undefined
}

/** The distinct words of a text, small. */
export function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [])
}

/** How much of the distinct words of two texts is the same: 0 nothing, 1 all. */
export function similarity(one: string, other: string): number {
  const first = hashedWords(one)
  const second = hashedWords(other)
  let same = 0
  for (let i = 0, j = 0; i < first.length && j < second.length; ) {
    const difference = first[i]! - second[j]!
    if (difference === 0) same++
    if (difference <= 0) i++
    if (difference >= 0) j++
  }
  return same / (first.length + second.length - same || 1)
}

const mostKept = 2000
const longestKept = 2000
const kept = new Map<string, Int32Array>()

/** A number for each distinct word, in order. The same texts are compared again and again. */
function hashedWords(text: string): Int32Array {
  const known = kept.get(text)
  if (known) return known
  const hashes = [...wordsOf(text)].map((word) => {
    let hash = 2166136261
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 16777619)
    return hash
  })
  const found = Int32Array.from(hashes).sort()
  if (text.length > longestKept) return found
  if (kept.size >= mostKept) kept.clear()
  kept.set(text, found)
  return found
}
