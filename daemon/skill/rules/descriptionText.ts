import { wordsIn } from '../catalogue/words.ts'

/** Phrases that say when a skill is the right one, in the languages that skills are written in. */
const when = [
  /\bwhen(?:ever)?\b|\buse (?:this|it|for|to|if|in|on|as|before|after|proactively)\b|\btriggers?\b|\bactivate[sd]?\b|\binvoked?\b|\bapplies (?:to|if)\b/i,
  /\bif (?:the )?(?:user|you|someone|a |an |there)|\bfor (?:requests|questions|tasks|projects|users|work|any)\b|\bbefore \w+ing\b|\bafter \w+ing\b|\bwhile \w+ing\b|\bshould be used\b|\bask(?:s|ed|ing)? (?:for|to|about)\b|\bmentions?\b/i,
  /使用|当|時|时|場合|用于|用於|适用|適用|触发|觸發|需要|すると|ときに|とき|경우|때|사용/,
  /\b(?:quand|lorsqu[e’']|si l|cuando|cuándo|al (?:crear|usar)|usar (?:para|cuando)|utiliser|utilisez|wenn|sobald|falls|nutze|verwende|bei |quando|usa(?:re)?|use (?:quando|ao)|wanneer|gebruik|när|använd)\b/i,
  /(?:^|\s)(?:когда|если|при|используй|используйте|для|коли|якщо)(?:\s|$)/i,
  /عند|إذا|استخدم|जब|के लिए|khi /i,
]

/** Whether a description says when to use it. */
export function saysWhen(text: string): boolean {
  return when.some((pattern) => pattern.test(text))
}

/** The offset at which a description says when to use it; undefined where it does not. */
export function tellsWhen(text: string): number | undefined {
  const found = when.map((pattern) => text.search(pattern)).filter((at) => at >= 0)
  return found.length > 0 ? Math.min(...found) : undefined
}

/** How much of the distinct words of two texts is the same: 0 nothing, 1 all. */
export function similarity(one: string, other: string): number {
  const first = wordsIn(one)
  const second = new Set(wordsIn(other))
  let same = 0
  for (const word of first) if (second.has(word)) same++
  return same / (first.length + second.size - same || 1)
}
