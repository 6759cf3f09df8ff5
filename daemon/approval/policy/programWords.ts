import type { GuardedProgram } from '#protocol/guard.ts'
import type { PolicyRule } from '#protocol/policy.ts'

type Words = readonly (string | readonly string[])[]
type Certainty = 'yes' | 'maybe' | 'no'

/** The words of a rule about programs: each a set of choices, its name first. */
export interface ProgramWords {
  /** Names without folders in lower case: what a rule is found by. */
  readonly names: readonly string[]
  /** Whether an allow of these words covers that program: the very words, none of them unknown. */
  covers(program: GuardedProgram): boolean
  /** Whether an ask or deny of them is about that program, however its words are spelled and ordered. */
  catches(program: GuardedProgram): Certainty
  /** How many words it names. */
  readonly length: number
  readonly exactly: boolean
}

export function programWords({ program = [], ...rule }: PolicyRule): ProgramWords {
  const exactly = rule.exactly === true
  const choices = (program as Words).map((word) => (typeof word === 'string' ? [word] : word))
  const [names = [], ...rest] = choices
  const options = rest.filter((words) => words.every(isOption))
  const operands = rest.filter((words) => !words.every(isOption))
  return {
    names: names.map(baseName),
    length: choices.length,
    exactly,
    covers({ name, argv }) {
      if (exactly ? argv.length !== choices.length : argv.length < choices.length) return false
      if (name === null || !names.some((word) => isCalled(word, name, argv[0] ?? null))) return false
      return rest.every((words, at) => includes(words, argv[at + 1]))
    },
    catches({ name, argv }) {
      if (name === null) return 'maybe'
      if (!names.some((word) => baseName(word) === baseName(name))) return 'no'
      if (exactly) return catchesExactly(rest, argv.slice(1))
      return both(operandsStand(operands, argv), optionsStand(options, argv))
    },
  }
}

/** A program's name as rules find it by. */
export function baseName(word: string): string {
  return (word.split('/').at(-1) ?? '').toLowerCase().replace(/\.exe$/, '')
}

const systemFolders = /^\/(usr\/(local\/)?)?s?bin\/[^/]+$/
/** Options that are read past before a rule's next word; behind more nothing is certain. */
const mostOptions = 200

/** By its name, by its path in a folder of the system, or by the path that the rule itself says. */
function isCalled(word: string, name: string, written: string | null): boolean {
  if (written === null) return false
  if (word.includes('/')) return word === written
  return word === name && (!written.includes('/') || systemFolders.test(written))
}

function includes(words: readonly string[], word: string | null | undefined): boolean {
  return typeof word === 'string' && words.includes(word)
}

function isOption(word: string): boolean {
  return word.length > 1 && word.startsWith('-')
}

function both(a: Certainty, b: Certainty): Certainty {
  if (a === 'no' || b === 'no') return 'no'
  return a === 'yes' && b === 'yes' ? 'yes' : 'maybe'
}

function catchesExactly(rest: readonly (readonly string[])[], argv: readonly (string | null)[]): Certainty {
  // One that is only known when it runs may become none or many.
  const hasUnknown = argv.includes(null)
  if (!hasUnknown && argv.length !== rest.length) return 'no'
  if (!hasUnknown) return rest.every((words, at) => includes(words, argv[at])) ? 'yes' : 'no'
  const known = argv.slice(0, argv.indexOf(null))
  return known.every((word, at) => rest[at] !== undefined && includes(rest[at], word)) ? 'maybe' : 'no'
}

/** Whether these stand in this order with nothing but options, and the values that those may have, before and between them. */
function operandsStand(operands: readonly (readonly string[])[], argv: readonly (string | null)[]): Certainty {
  let places = new Set([1])
  let unsure = false
  for (const words of operands) {
    const next = new Set<number>()
    const last = Math.max(...places) + mostOptions
    // Grows while it is walked.
    for (const place of places) {
      const word = argv[place]
      if (word === null) unsure = true
      if (typeof word !== 'string') continue
      if (words.includes(word)) next.add(place + 1)
      if (!word.startsWith('-')) continue
      if (place > last) unsure = true
      else for (const skipped of word.includes('=') ? [1] : [1, 2]) places.add(place + skipped)
    }
    if (next.size === 0) return unsure ? 'maybe' : 'no'
    places = next
  }
  return 'yes'
}

function optionsStand(options: readonly (readonly string[])[], argv: readonly (string | null)[]): Certainty {
  if (options.length === 0) return 'yes'
  const given = argv.slice(1).filter((word) => typeof word === 'string' && isOption(word)) as string[]
  const letters = new Set(given.filter((word) => !word.startsWith('--')).flatMap((word) => [...word.slice(1)]))
  const stands = (option: string) => given.some((word) => isSpelled(option, word)) || areLetters(option, letters)
  if (options.every((words) => words.some(stands))) return 'yes'
  return argv.includes(null) ? 'maybe' : 'no'
}

/** `--force` as `--force=yes`, and shortened as most programs let it be. */
function isSpelled(option: string, word: string): boolean {
  if (word === option) return true
  if (!option.startsWith('--') || !word.startsWith('--')) return false
  const [name = ''] = word.split('=')
  return name === option || (name.length > 3 && option.startsWith(name))
}

/** `-rf` as `-fr` and as `-r -f`. */
function areLetters(option: string, letters: ReadonlySet<string>): boolean {
  return !option.startsWith('--') && [...option.slice(1)].every((letter) => letters.has(letter))
}
