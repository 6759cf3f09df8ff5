import type { FileRecord, RecordedName } from './catalogue.ts'
import type { NameTable } from './nameTable.ts'

/** Where the index is kept between starts. Who owns it decides where; what cannot be read is nothing. */
export interface IndexStore {
  load(): Promise<string | undefined>
  save(text: string): Promise<void>
}

/** Changes whenever a record has other fields, or is read from a text in another way. */
const format = 8

export interface Stored {
  readonly records: readonly FileRecord[]
  readonly complete: boolean
}

/** The fields of a record, of which the keys of few values and the names stand in tables of their own, and the record says their numbers. */
type Row = readonly [
  path: string,
  kind: number,
  name: string,
  description: string,
  folder: number,
  scope: number,
  names: readonly number[],
  links: readonly string[],
  hash: string,
  length: number,
  size: number,
  modified: number,
]

/** All records as one text, without what is the same for all: a start waits for its being read. */
export function write({ records, complete }: Stored): string {
  const words = new Numbers<string | undefined>()
  const names = new Numbers<RecordedName>()
  const rows = records.map((record): Row => {
    const { path, kind, name, description, folder, scope, links, hash, length, size, modified } = record
    const own = record.names.map((each) => names.of(each))
    const [kindNumber, folderNumber, scopeNumber] = [words.of(kind), words.of(folder), words.of(scope)]
    return [path, kindNumber, name, description, folderNumber, scopeNumber, own, links, hash, length, size, modified]
  })
  const named = names.all.map(({ of, form, namespace, name, called }) => [of, form, namespace, name, called])
  return JSON.stringify({ format, complete, words: words.all.map((word) => word ?? null), names: named, rows })
}

/** What was written; undefined for what another version wrote, or is damaged. */
export function read(text: string, table: NameTable): Stored | undefined {
  try {
    const stored: unknown = JSON.parse(text)
    if (!isObject(stored) || stored['format'] !== format) return undefined
    const { words, names, rows, complete } = stored
    if (!Array.isArray(words) || !words.every(isWord) || !Array.isArray(names) || !Array.isArray(rows)) return undefined
    if (!names.every(isName)) return undefined
    const shared = names.map(([of, form, namespace, name, called]) =>
      table.added({ of, form, namespace, name, called }),
    )
    const records: FileRecord[] = []
    for (const row of rows) {
      if (!isRow(row, words.length, shared.length)) return undefined
      records.push(recordFrom(row, words, shared))
    }
    return { records, complete: complete === true }
  } catch {
    return undefined
  }
}

function recordFrom(row: Row, words: readonly (string | null)[], shared: readonly RecordedName[]): FileRecord {
  return {
    path: row[0],
    kind: words[row[1]] as FileRecord['kind'],
    name: row[2],
    description: row[3],
    folder: words[row[4]] ?? undefined,
    scope: (words[row[5]] ?? undefined) as FileRecord['scope'],
    names: row[6].length === 0 ? none : row[6].map((number) => shared[number]!),
    links: row[7].length === 0 ? none : row[7],
    hash: row[8],
    length: row[9],
    size: row[10],
    modified: row[11],
  }
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

type NameRow = readonly [RecordedName['of'], RecordedName['form'], string, string, boolean]

function isName(value: unknown): value is NameRow {
  return (
    Array.isArray(value) &&
    value.length === 5 &&
    value.every((part, at) => typeof part === (at < 4 ? 'string' : 'boolean'))
  )
}

function isWord(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}

function isRow(row: unknown, words: number, names: number): row is Row {
  if (!Array.isArray(row) || row.length !== 12) return false
  const isNumberBelow = (value: unknown, most: number) => typeof value === 'number' && value >= 0 && value < most
  if (typeof row[0] !== 'string' || typeof row[2] !== 'string' || typeof row[3] !== 'string') return false
  if (typeof row[8] !== 'string' || !Array.isArray(row[6]) || !Array.isArray(row[7])) return false
  if (!isNumberBelow(row[1], words) || !isNumberBelow(row[4], words) || !isNumberBelow(row[5], words)) return false
  for (const number of row[6]) if (!isNumberBelow(number, names)) return false
  return typeof row[9] === 'number' && typeof row[10] === 'number' && typeof row[11] === 'number'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
