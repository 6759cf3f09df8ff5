/** Where a pattern's path begins. */
type PathBase = 'workspace' | 'home' | 'root'

/** A pattern of whole names: `*` and `?` within one, `**` for any number of them. */
export interface PathPattern {
  readonly base: PathBase
  readonly segments: readonly string[]
  /** The names before the first that is none itself. */
  readonly literal: readonly string[]
}

export interface PatternFault {
  readonly what: string
  readonly fix: string
}

/** Reads a rule's path. What another reader could take for something else is a fault. */
export function readPathPattern(written: string): PathPattern | PatternFault {
  const fault = faults.find(({ found }) => found.test(written))
  if (fault) return fault
  const { base, rest } = baseOf(written)
  const names = rest.split('/').filter((name) => name !== '' && name !== '.')
  const isFolder = /(^|\/)$/.test(rest) && !(rest === '' && base !== 'root')
  const segments = isFolder && names.at(-1) !== '**' ? [...names, '**'] : names
  return patternOf(base, segments)
}

export function isFault(read: PathPattern | PatternFault): read is PatternFault {
  return 'what' in read
}

/** The pattern of this and all below it, in the one spelling of names that are the same on some file system. */
export function strictPattern({ base, segments }: PathPattern): PathPattern {
  const names = segments.map(foldName)
  const folded = base === 'root' ? withoutPrivate(names) : names
  return patternOf(base, folded.at(-1) === '**' ? folded : [...folded, '**'])
}

/** The pattern as an allow means it: what is below a folder, not the folder. */
export function loosePattern({ base, segments }: PathPattern): PathPattern {
  return patternOf(base, segments.at(-1) === '**' ? [...segments, '*'] : segments)
}

/** One spelling for capitals, composed and decomposed letters, unseen characters, and the dots and blanks that Windows drops. */
export function foldName(name: string): string {
  return plain.test(name) ? name : folded(name)
}

/** What macOS shows a second time below /private, by its other name. */
export function withoutPrivate(names: string[]): string[] {
  return names[0] === 'private' && ['var', 'tmp', 'etc'].includes(names[1] ?? '') ? names.slice(1) : names
}

/** What becomes of a pattern once these names were read. */
export interface Reading {
  /** It matches the path of these names. */
  readonly matches: boolean
  /** It may match something below. */
  readonly below: boolean
  /** It matches everything below. */
  readonly allBelow: boolean
}

/** Linear in the pattern for every name. */
export function readNames({ segments }: PathPattern, names: readonly string[]): Reading {
  let places: number[] = []
  reach(places, segments, 0)
  for (const name of names) {
    const next: number[] = []
    for (const place of places) {
      const segment = segments[place]
      if (segment === '**') reach(next, segments, place)
      else if (segment !== undefined && nameMatches(segment, name)) reach(next, segments, place + 1)
    }
    if (next.length === 0) return nothing
    places = next
  }
  const end = segments.length
  const last = segments.at(-2) === '**' && segments.at(-1) === '*' ? end - 2 : end - 1
  const allBelow = segments[last] === '**' && places.includes(last)
  return { matches: places.includes(end), below: places.some((place) => place < end), allBelow }
}

/** Adds a place, and the one behind it where this may stand for no name. They come in order but for one, and once. */
function reach(places: number[], segments: readonly string[], place: number): void {
  if (places.at(-1) !== place && places.at(-2) !== place) places.push(place)
  if (segments[place] === '**' && places.at(-1) !== place + 1) places.push(place + 1)
}

const nothing: Reading = { matches: false, below: false, allBelow: false }
const plain = /^[!-@[-`{-}a-z]*[!-\-/-@[-`{-}a-z]$/

const faults: readonly (PatternFault & { readonly found: RegExp })[] = [
  { found: /\0/, what: 'it holds a NUL character', fix: 'Take it out.' },
  { found: /\\/, what: 'a backslash separates nothing here', fix: 'Write paths with forward slashes.' },
  {
    found: /[[\]{}]|^!/,
    what: 'only *, ? and ** are special here, and brackets and ! stand for nothing',
    fix: 'Write one rule for each path, and ? for a bracket that is part of a name.',
  },
  {
    found: /\*\*[^/]|[^/]\*\*/,
    what: '** stands for whole names',
    fix: 'Write it alone between slashes, as in src/**/*.ts.',
  },
  { found: /(^|\/)\.\.(\/|$)/, what: '.. leads out of the pattern', fix: 'Write where it leads to.' },
  {
    found: /^~[^/]/,
    what: 'the home of somebody else is not known here',
    fix: 'Write ~/ for the home folder, ./~ for a name that begins so, or an absolute path.',
  },
  {
    found: /\$(?!HOME(\/|$)|\{HOME\}(\/|$))|.\$/,
    what: 'variables other than $HOME at the beginning are not known here',
    fix: 'Write the path itself, and ? for a dollar sign that is part of a name.',
  },
]

function baseOf(written: string): { base: PathBase; rest: string } {
  const home = /^(~|\$HOME|\$\{HOME\})(\/|$)/.exec(written)
  if (home) return { base: 'home', rest: written.slice(home[0].length) || (home[2] ? '/' : '') }
  if (written.startsWith('/')) return { base: 'root', rest: written.slice(1) }
  return { base: 'workspace', rest: written.replace(/^\.(\/|$)/, '') || (written === './' ? '/' : '') }
}

function patternOf(base: PathBase, written: readonly string[]): PathPattern {
  const segments = written.filter((segment, at) => segment !== '**' || written[at - 1] !== '**')
  const special = segments.findIndex((segment) => /[*?]/.test(segment))
  return { base, segments, literal: special < 0 ? segments : segments.slice(0, special) }
}

/** Goes back to the last star only, so that its cost is bounded by the product of both lengths. */
function nameMatches(pattern: string, name: string): boolean {
  if (pattern === name) return true
  let [at, in_, star, from] = [0, 0, -1, 0]
  while (at < name.length) {
    const letter = pattern[in_]
    if (letter === '*') {
      star = in_++
      from = at
    } else if (letter === '?' || letter === name[at]) {
      at += letter === '?' && isPair(name, at) ? 2 : 1
      in_ += 1
    } else if (star >= 0) {
      at = ++from
      in_ = star + 1
    } else {
      return false
    }
  }
  while (pattern[in_] === '*') in_ += 1
  return in_ === pattern.length
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff
}

function folded(name: string): string {
  const seen = name.normalize('NFKD').replace(/\p{Default_Ignorable_Code_Point}/gu, '')
  const lower = seen.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
  return /^\.+$/.test(lower) ? lower : lower.replace(/[. ]+$/, '') || lower
}
