import { hidesSomething } from '#protocol/visible.ts'
import type { Act } from '../reasons.ts'
import { act } from '../reasons.ts'

/** Why a line must not be read at all: the parser, bash and a person would each see something else in it. */
export function unreadable(line: string): Act | undefined {
  if (line.length > maxLength) {
    return act(
      'too-long',
      `It is ${line.length.toLocaleString('en')} characters long; more than ${maxLength.toLocaleString('en')} are not read.`,
    )
  }
  const reason = reasons.find(({ holds }) => holds(line))
  return reason && act(reason.code, reason.text)
}

const maxLength = 10_000
/** Of brackets, whatever kind and whether or not they are quoted. */
const maxNesting = 40
/** Their bodies are looked for anew with each. */
const maxHeredocs = 12

const reasons: readonly { code: 'hidden-text' | 'not-understood'; text: string; holds(line: string): boolean }[] = [
  {
    code: 'hidden-text',
    text: 'It holds characters that do not show, or blanks that push text out of view.',
    holds: (line) => hidesSomething(line) || lone.test(line),
  },
  {
    code: 'hidden-text',
    text: 'A word mixes letters of scripts that look alike.',
    holds: (line) => !/^[\t-~]*$/.test(line) && mixesScripts(line),
  },
  { code: 'not-understood', text: 'Its brackets are nested too deeply.', holds: (line) => nesting(line) > maxNesting },
  {
    code: 'not-understood',
    text: 'It holds too many here-documents.',
    holds: (line) => line.split('<<').length - 1 > maxHeredocs,
  },
]

/** Half of a character, and what stands for bytes that were no text. */
const lone = /[\p{Cs}\uFFFD]/u
const lookAlikes =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\uFF01-\uFF5E\u{1D400}-\u{1D7FF}]/u

/** Signs that look like those which mean something to a shell: a slash, quotes, a dash, a semicolon, a pipe. */
const signs =
  /[\u2044\u2215\u29F8\u02B9\u02BC\u2032\u201B\u037E\u2223\u01C0\u2010\u2011\u2012\u2212\u2024\uA789\uFF02\uFF04\uFF06\uFF07\uFF0D\uFF0F\uFF1B\uFF1C\uFF1E\uFF3C\uFF40\uFF5C]/

function mixesScripts(line: string): boolean {
  return (
    signs.test(line) || line.split(/[^\p{L}\p{N}]+/u).some((word) => lookAlikes.test(word) && /[A-Za-z]/.test(word))
  )
}

function nesting(line: string): number {
  let depth = 0
  let deepest = 0
  for (const character of line) {
    if ('([{'.includes(character)) deepest = Math.max(deepest, ++depth)
    else if (')]}'.includes(character) && depth > 0) depth--
  }
  return deepest
}
