import type { FileRecord, RecordedName } from './catalogue.ts'
import type { NameTable } from './nameTable.ts'

/** Where the index is kept between starts. Who owns it decides where; what cannot be read is nothing. */
export interface IndexStore {
  load(): Promise<string | undefined>
  save(text: string): Promise<void>
}

/** Changes whenever a record has other fields, or is read from a text in another way. */
const format = 9

export interface Stored {
  readonly records: readonly FileRecord[]
  readonly complete: boolean
}

/**
 * Each field of all records in turn: a list of records takes half as long again to be read. The keys of few values and the names stand in
 * tables of their own, and here are their numbers.
 */
interface Columns {
  readonly path: readonly string[]
  readonly kind: readonly number[]
  readonly name: readonly string[]
  readonly description: readonly string[]
  readonly folder: readonly number[]
  readonly scope: readonly number[]
  readonly hash: readonly string[]
  readonly length: readonly number[]
  readonly size: readonly number[]
  readonly modified: readonly number[]
  /** How many of `names` each record has. */
  readonly named: readonly number[]
  readonly names: readonly number[]
  /** How many of `links` each record has. */
  readonly linked: readonly number[]
  readonly links: readonly string[]
}

/** Each field of all names in turn. */
interface Names {
  readonly of: readonly RecordedName['of'][]
  readonly form: readonly RecordedName['form'][]
  readonly namespace: readonly string[]
  readonly name: readonly string[]
  readonly called: readonly boolean[]
}

/** All records as one text, without what is the same for all: a start waits for its being read. */
export function write({ records, complete }: Stored): string {
  const numbersOfWords = new Numbers<string | undefined>()
  const numbersOfNames = new Numbers<RecordedName>()
  const columns: Columns = {
    path: records.map(({ path }) => path),
    kind: records.map(({ kind }) => numbersOfWords.of(kind)),
    name: records.map(({ name }) => name),
    description: records.map(({ description }) => description),
    folder: records.map(({ folder }) => numbersOfWords.of(folder)),
    scope: records.map(({ scope }) => numbersOfWords.of(scope)),
    hash: records.map(({ hash }) => hash),
    length: records.map(({ length }) => length),
    size: records.map(({ size }) => size),
    modified: records.map(({ modified }) => modified),
    named: records.map(({ names }) => names.length),
    names: records.flatMap(({ names }) => names.map((name) => numbersOfNames.of(name))),
    linked: records.map(({ links }) => links.length),
    links: records.flatMap(({ links }) => links),
  }
  const all = numbersOfNames.all
  const names: Names = {
    of: all.map((each) => each.of),
    form: all.map(({ form }) => form),
    namespace: all.map(({ namespace }) => namespace),
    name: all.map(({ name }) => name),
    called: all.map(({ called }) => called),
  }
  const words = numbersOfWords.all.map((word) => word ?? null)
  return JSON.stringify({ format, complete, words, names, columns })
}

/** What was written; undefined for what another version wrote, or is damaged. */
export function read(text: string, table: NameTable): Stored | undefined {
  try {
    const stored: unknown = JSON.parse(text)
    if (!isObject(stored) || stored['format'] !== format) return undefined
    const { words, names, columns, complete } = stored
    if (!isList(words, undefined, isWord) || !isNames(names)) return undefined
    if (!isColumns(columns, words.length, names.name.length)) return undefined
    const shared = names.name.map((name, at) => {
      const [of, form, namespace, called] = [names.of[at]!, names.form[at]!, names.namespace[at]!, names.called[at]!]
      return table.added({ of, form, namespace, name, called })
    })
    return { records: recordsFrom(columns, words, shared), complete: complete === true }
  } catch {
    return undefined
  }
}

function recordsFrom(
  columns: Columns,
  words: readonly (string | null)[],
  shared: readonly RecordedName[],
): readonly FileRecord[] {
  let names = 0
  let links = 0
  return columns.path.map((path, at): FileRecord => {
    const [firstName, firstLink] = [names, links]
    names += columns.named[at]!
    links += columns.linked[at]!
    return {
      path,
      kind: words[columns.kind[at]!] as FileRecord['kind'],
      name: columns.name[at]!,
      description: columns.description[at]!,
      folder: words[columns.folder[at]!] ?? undefined,
      scope: (words[columns.scope[at]!] ?? undefined) as FileRecord['scope'],
      names: names === firstName ? none : columns.names.slice(firstName, names).map((number) => shared[number]!),
      links: links === firstLink ? none : columns.links.slice(firstLink, links),
      hash: columns.hash[at]!,
      length: columns.length[at]!,
      size: columns.size[at]!,
      modified: columns.modified[at]!,
    }
  })
}

const none: readonly never[] = []

/** Things by the number that each gets when it is first met. */
class Numbers<T> {
  readonly #numbers = new Map<T, number>()

  get all(): T[] {
    return [...this.#numbers.keys()]
  }

  of(thing: T): number {
    const known = this.#numbers.get(thing)
    if (known !== undefined) return known
    this.#numbers.set(thing, this.#numbers.size)
    return this.#numbers.size - 1
  }
}

function isNames(value: unknown): value is Names {
  if (!isObject(value) || !isList(value['name'], undefined, isString)) return false
  const { of, form, namespace, called, name } = value
  const isTold = (list: unknown) => isList(list, name.length, isString)
  return isTold(of) && isTold(form) && isTold(namespace) && isList(called, name.length, isBoolean)
}

function isColumns(value: unknown, words: number, names: number): value is Columns {
  if (!isObject(value) || !isList(value['path'], undefined, isString)) return false
  const { length } = value['path']
  const isWordNumber = (number: unknown) => isCount(number) && number < words
  const isNameNumber = (number: unknown) => isCount(number) && number < names
  return (
    [value['name'], value['description'], value['hash']].every((list) => isList(list, length, isString)) &&
    [value['kind'], value['folder'], value['scope']].every((list) => isList(list, length, isWordNumber)) &&
    [value['length'], value['size'], value['modified']].every((list) => isList(list, length, isNumber)) &&
    [value['named'], value['linked']].every((list) => isList(list, length, isCount)) &&
    isList(value['names'], sum(value['named'] as number[]), isNameNumber) &&
    isList(value['links'], sum(value['linked'] as number[]), isString)
  )
}

/** A list of what `test` takes, as long as it must be. */
function isList<T>(
  value: unknown,
  length: number | undefined,
  test: (item: unknown) => item is T,
): value is readonly T[]
function isList(
  value: unknown,
  length: number | undefined,
  test: (item: unknown) => boolean,
): value is readonly unknown[]
function isList(value: unknown, length: number | undefined, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && (length === undefined || value.length === length) && value.every(test)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0)
}

function isWord(value: unknown): value is string | null {
  return value === null || isString(value)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isCount(value: unknown): value is number {
  return isNumber(value) && Number.isInteger(value) && value >= 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
