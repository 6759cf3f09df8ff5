import { abouts, type PolicyWord, policyWords, ruleWords } from './policyVocabulary.ts'

export interface PolicyItem {
  readonly label: string
  readonly means: string
  /** What is written in place of `replaces` characters before the cursor. */
  readonly snippet: string
  readonly replaces: number
}

/** What can be written at a place of a policy file, judged by its lines: also while it is no YAML yet. Pure. */
export function policyItems(lines: readonly string[], line: number, column: number): PolicyItem[] {
  const before = (lines[line] ?? '').slice(0, column)
  if (/^\s*#/.test(before)) return []
  const words = wordsAt(lines, line)
  const value = /(?:^|[\s{,-])(\w+):\s*(?:\[[^\]]*?)?("?)([\w-]*)$/.exec(before)
  if (value) {
    const [, key, , typed = ''] = value
    const choices = words.find((word) => word.key === key)?.values ?? []
    return choices.map(({ value, means }) => ({ label: value, means, snippet: value, replaces: typed.length }))
  }
  const key = /^(?:\s*(?:-\s+)?|.*[{,]\s*)(\w*)$/.exec(before)
  if (!key || (/[[\]]/.test(before) && !before.includes('{'))) return []
  const said = keysAround(lines, line)
  const isAbout = [...said].some((one) => abouts.has(one))
  const typed = key[1] ?? ''
  return words
    .filter(({ key }) => !said.has(key) && !(isAbout && abouts.has(key)))
    .map(({ key, means, snippet }) => ({
      label: key,
      means,
      snippet: `${key}:${snippet.startsWith('\n') ? '' : ' '}${snippet}`,
      replaces: typed.length,
    }))
}

/** What the key or value at a place means; undefined where nothing is known of it. Pure. */
export function policyMeaning(lines: readonly string[], line: number, column: number): string | undefined {
  const text = lines[line] ?? ''
  if (/^\s*#/.test(text)) return undefined
  const word = wordAround(text, column)
  if (!word) return undefined
  const words = wordsAt(lines, line)
  const isKey = text.slice(word.end).startsWith(':')
  if (isKey) return words.find(({ key }) => key === word.text)?.means
  const key = [...text.slice(0, word.start).matchAll(/\b(\w+):/g)].at(-1)?.[1]
  return words.find((one) => one.key === key)?.values?.find(({ value }) => value === word.text)?.means
}

function wordAround(text: string, column: number): { text: string; start: number; end: number } | undefined {
  for (const match of text.matchAll(/\w+/g)) {
    const end = match.index + match[0].length
    if (match.index <= column && column <= end) return { text: match[0], start: match.index, end }
  }
  return undefined
}

/** Those of the file itself, or of a rule: what is indented or an item below `rules:`. */
function wordsAt(lines: readonly string[], line: number): readonly PolicyWord[] {
  const isOuter = (text: string) => /^\w/.test(text)
  if (isOuter(lines[line] ?? '')) return policyWords
  const outer = lines.slice(0, line).findLast(isOuter)
  if (!outer?.startsWith('rules:')) return policyWords
  return (lines[line] ?? '') === '' ? policyWords : ruleWords
}

/** The keys that stand in the same rule, or in the file, already. */
function keysAround(lines: readonly string[], line: number): Set<string> {
  const text = lines[line] ?? ''
  if (wordsAt(lines, line) === policyWords) return keysOf(lines.filter((one) => /^\w/.test(one)))
  if (text.includes('{')) return keysOf([text.slice(text.indexOf('{') + 1)])
  const begins = (one: string | undefined) => /^\s*-/.test(one ?? '')
  const ends = (one: string) => begins(one) || /^\w/.test(one)
  let first = line
  while (first > 0 && !ends(lines[first] ?? '')) first--
  const after = lines.slice(line + 1).findIndex(ends)
  const last = after < 0 ? lines.length : line + 1 + after
  return keysOf(lines.slice(first, last).map((one) => one.replace(/^\s*-?\s*/, '')))
}

function keysOf(lines: readonly string[]): Set<string> {
  return new Set(lines.flatMap((one) => [...one.matchAll(/(?:^|[{,]\s*)(\w+):/g)].map(([, key]) => key ?? '')))
}
