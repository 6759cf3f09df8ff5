import type { FileRecord } from './catalogue.ts'

/** Where the index is kept between starts. Who owns it decides where; what cannot be read is nothing. */
export interface IndexStore {
  load(): Promise<string | undefined>
  save(text: string): Promise<void>
}

/** Changes whenever a record has other fields, or is read from a text in another way. */
const format = 2

export interface Stored {
  readonly records: readonly FileRecord[]
  readonly complete: boolean
}

export function write({ records, complete }: Stored): string {
  return JSON.stringify({ format, complete, records })
}

/** What was written; undefined for what another version wrote, or is damaged. */
export function read(text: string): Stored | undefined {
  try {
    const stored: unknown = JSON.parse(text)
    if (typeof stored !== 'object' || stored === null) return undefined
    const { format: written, records, complete } = stored as { format?: unknown; records?: unknown; complete?: unknown }
    if (written !== format || !Array.isArray(records) || !records.every(isRecord)) return undefined
    return { records, complete: complete === true }
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is FileRecord {
  if (typeof value !== 'object' || value === null) return false
  const { path, kind, name, description, names, links, hash, length, size, modified, sketch } = value as Record<
    string,
    unknown
  >
  const texts = [path, kind, name, description, hash].every((each) => typeof each === 'string')
  const numbers = [length, size, modified].every((each) => typeof each === 'number')
  return texts && numbers && Array.isArray(names) && Array.isArray(links) && Array.isArray(sketch)
}
