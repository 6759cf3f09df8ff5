import type { Option, Options } from './knowledge.ts'
import type { Word } from './shell/word.ts'

/** A program's words, told apart. */
export interface Call {
  readonly name: Word
  readonly options: readonly GivenOption[]
  readonly operands: readonly Word[]
  /** A word that is only known when it runs may be an option. */
  readonly uncertain: boolean
  has(...names: string[]): boolean
  given(...names: string[]): Word | undefined
}

interface GivenOption {
  readonly name: string
  readonly option: Option | undefined
  readonly value: Word | undefined
}

interface Style {
  readonly oneDash?: true | undefined
  /** Options end at the first operand. */
  readonly stop?: boolean
}

export function readCall(words: readonly Word[], options: Options, style: Style = {}): Call {
  const byName = named(options)
  const given: GivenOption[] = []
  const operands: Word[] = []
  let uncertain = false
  let i = 1
  const next: Next = (consumes = true) => (consumes ? words[++i] : words[i + 1])
  for (; i < words.length; i++) {
    const word = words[i] as Word
    const text = word.text ?? word.lead
    if (text === '--' && word.text !== null) {
      operands.push(...words.slice(i + 1))
      break
    }
    if (!word.dash || text === '-') {
      operands.push(word)
      if (style.stop) {
        operands.push(...words.slice(i + 1))
        break
      }
    } else if (word.text === null && !text.includes('=')) {
      uncertain = true
      operands.push(word)
    } else if (text.startsWith('--') || style.oneDash || byName.has(text))
      given.push(longOption(word, text, byName, next))
    else given.push(...cluster(word, text, byName, next))
  }
  const find = (names: string[]) => given.filter(({ name }) => names.includes(name))
  return {
    name: words[0] as Word,
    options: given,
    operands,
    uncertain,
    has: (...names) => find(names).length > 0,
    given: (...names) => find(names).at(-1)?.value,
  }
}

/** As a word of its own, what stands in it from there on. */
export function partOf(word: Word, from: number, to?: number): Word {
  const lead = word.lead.slice(from, to)
  const glob = word.glob?.slice(from, to)
  return { ...word, text: word.text?.slice(from, to) ?? null, lead, dash: false, ...(glob !== undefined && { glob }) }
}

/** The word that follows; without `consumes` it stays where it is. */
type Next = (consumes?: boolean) => Word | undefined

type ByName = Map<string, { name: string; option: Option }>

/** Under its first name, whichever it was called by. */
function longOption(word: Word, text: string, byName: ByName, next: Next): GivenOption {
  const equals = text.indexOf('=')
  const written = equals < 0 ? text : text.slice(0, equals)
  const exact = byName.get(written)
  const found = exact ?? abbreviated(written, byName)
  const name = found?.name ?? written
  if (equals >= 0) return { name, option: found?.option, value: partOf(word, equals + 1) }
  const takes = found?.option.value && !found.option.attached
  // What looks like an abbreviation may be an option that the table does not know: the word after it is told both ways.
  return { name, option: found?.option, value: takes ? next(exact !== undefined) : undefined }
}

/** Programs take the beginning of a long option for it. */
function abbreviated(written: string, byName: ByName) {
  if (!written.startsWith('--') || written.length < 4) return undefined
  return [...byName].find(([name]) => name.startsWith(written))?.[1]
}

/** `-xvf a`: letters that stand together, the last of which may take the rest or the next word. */
function cluster(word: Word, text: string, byName: ByName, next: Next): GivenOption[] {
  const given: GivenOption[] = []
  for (let at = 1; at < text.length; at++) {
    const found = byName.get(`-${text[at]}`)
    const name = found?.name ?? `-${text[at]}`
    const option = found?.option
    if (!option?.value) given.push({ name, option, value: undefined })
    else {
      const rest = at + 1 < text.length || word.text === null ? partOf(word, at + 1) : undefined
      given.push({ name, option, value: rest ?? (option.attached ? undefined : next()) })
      break
    }
  }
  return given
}

const maps = new WeakMap<Options, ByName>()

function named(options: Options): ByName {
  let map = maps.get(options)
  if (!map) {
    map = new Map()
    for (const [names, option] of Object.entries(options)) {
      const all = names.split(' ')
      for (const name of all) map.set(name, { name: all[0] as string, option })
    }
    maps.set(options, map)
  }
  return map
}
