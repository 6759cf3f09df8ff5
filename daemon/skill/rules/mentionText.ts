import type { SkillDocument } from '../document/document.ts'
import type { Span } from '../document/fences.ts'
import type { Block } from '../document/markdown.ts'
import type { NameMention } from '../document/mentions.ts'
import { once } from './once.ts'

/** Something that was probably meant to be `$[namespace].skill` and is not read as such. */
export interface Malformed {
  readonly span: Span
  /** `shape` says what is wrong with a part, `length` that there are too many or too long ones. */
  readonly type: 'shape' | 'length'
  readonly reason: string
}

/** A full stop behind `]` ends a sentence where nothing follows it: `$[amount].` is to be filled in. */
const attempt = /\$\[([^\]\n$]{0,800})\]\.([\w-]{0,200})/y
const segment = /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/
const mostSegments = 7
const longestSegment = 64

/** What looks like a mention and is none, in prose. `$[0].name` is a path in JSON, `$[1+2]` arithmetic of the shell. */
export const malformedMentions = once(readMalformedMentions)

function readMalformedMentions(document: SkillDocument): Malformed[] {
  const { text, body, mentions } = document
  const found: Malformed[] = []
  let sound = 0
  const isFenced = fencedAt(document)
  // No attempt holds the beginning of another.
  for (let start = text.indexOf('$[', body.start); start >= 0; start = text.indexOf('$[', start + 2)) {
    while (sound < mentions.length && mentions[sound]!.span.start < start) sound++
    if (mentions[sound]?.span.start === start) continue
    attempt.lastIndex = start
    const [whole = '', namespace = '', skill = ''] = attempt.exec(text) ?? []
    if (!/^[A-Za-z]/.test(namespace) || /[^\w:. -]/.test(namespace)) continue
    // Followed by `]` at once it is none; that is told by itself.
    const trouble = troubleWith(namespace, skill)
    if (trouble && !isFenced(start)) found.push({ span: { start, end: start + whole.length }, ...trouble })
  }
  return found
}

/** Whether an offset lies in a fence. Asked in the order of the text. */
function fencedAt(document: SkillDocument): (offset: number) => boolean {
  let fences: Block[] | undefined
  let at = 0
  return (offset) => {
    fences ??= document.blocks.filter(({ type }) => type === 'fence')
    while (at < fences.length && fences[at]!.span.end <= offset) at++
    return at < fences.length && fences[at]!.span.start <= offset
  }
}

function troubleWith(namespace: string, skill: string): Omit<Malformed, 'span'> | undefined {
  const segments = namespace.split(':')
  if (skill === '' && !segments.every((part) => segment.test(part))) return undefined
  if (segments.length > mostSegments)
    return { type: 'length', reason: `it has ${segments.length} segments; at most ${mostSegments} are allowed` }
  const long = [...segments, skill].find((part) => part.length > longestSegment)
  if (long)
    return { type: 'length', reason: `a part has ${long.length} characters; at most ${longestSegment} are allowed` }
  const short = segments.find((part) => part.length === 1) ?? (skill.length === 1 ? skill : undefined)
  if (short) return { type: 'length', reason: `\`${short}\` is too short; a part has two characters or more` }
  if (segments.includes('')) return { type: 'shape', reason: 'a segment of the namespace is empty' }
  if (skill === '') return { type: 'shape', reason: 'the name of the skill is missing' }
  if (/[A-Z]/.test(namespace + skill[0])) return { type: 'shape', reason: 'it has capital letters' }
  const wrong = segments.find((part) => !segment.test(part))
  return wrong === undefined && /^[a-z0-9]/.test(skill)
    ? undefined
    : { type: 'shape', reason: `\`${wrong ?? skill}\` has other characters than a-z, 0-9 and hyphens between them` }
}

const byPeople = /\b(?:users?|you|they|people|ask|tell|suggest|recommend|offer|type)\b[^.\n]*$/i

/** Whether it is people who are to type it. */
export function isForPeople({ text }: SkillDocument, { span }: NameMention): boolean {
  return byPeople.test(text.slice(Math.max(0, span.start - 100), span.start))
}
