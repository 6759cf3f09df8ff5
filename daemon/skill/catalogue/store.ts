import type { FileRecord, RecordedName } from './catalogue.ts'
import type { NameTable } from './nameTable.ts'

/** Where the index is kept between starts. Who owns it decides where; what cannot be read is nothing. */
export interface IndexStore {
  load(): Promise<string | undefined>
  save(text: string): Promise<void>
}

/** Changes whenever a record has other fields, or is read from a text in another way. */
const format = 4

export interface Stored {
  readonly records: readonly FileRecord[]
  readonly complete: boolean
}

/** Names stand in a table of their own, and records say their numbers. */
export function write({ records, complete }: Stored): string {
  const numbers = new Map<RecordedName, number>()
  const numberOf = (name: RecordedName) => {
    const known = numbers.get(name)
    if (known !== undefined) return known
    numbers.set(name, numbers.size)
    return numbers.size - 1
  }
  const numbered = records.map((record) => ({ ...record, names: record.names.map(numberOf) }))
  return JSON.stringify({ format, complete, names: [...numbers.keys()], records: numbered })
}

/** What was written; undefined for what another version wrote, or is damaged. */
export function read(text: string, table: NameTable): Stored | undefined {
  try {
    const stored: unknown = JSON.parse(text)
    if (!isObject(stored) || stored['format'] !== format) return undefined
    const { names, records, complete } = stored
    if (!Array.isArray(names) || !names.every(isName) || !Array.isArray(records)) return undefined
    const shared = names.map((name) => table.shared(name))
    if (!records.every((record): record is Numbered => isRecord(record, shared.length))) return undefined
    const read = records.map(
      (record): FileRecord => ({ ...record, names: record.names.map((number) => shared[number]!) }),
    )
    return { records: read, complete: complete === true }
  } catch {
    return undefined
  }
}

type Numbered = Omit<FileRecord, 'names'> & { readonly names: readonly number[] }

function isName(value: unknown): value is RecordedName {
  const texts = ['of', 'form', 'namespace', 'name']
  return isObject(value) && typeof value['called'] === 'boolean' && texts.every((key) => typeof value[key] === 'string')
}

function isRecord(value: unknown, names: number): boolean {
  if (!isObject(value)) return false
  const texts = ['path', 'kind', 'name', 'description', 'hash'].every((key) => typeof value[key] === 'string')
  const numbers = ['length', 'size', 'modified'].every((key) => typeof value[key] === 'number')
  const lists = ['names', 'links', 'sketch'].every((key) => Array.isArray(value[key]))
  const known = (number: unknown) => typeof number === 'number' && number >= 0 && number < names
  return texts && numbers && lists && (value['names'] as unknown[]).every(known)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
