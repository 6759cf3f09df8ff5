import { randomBytes } from 'node:crypto'

/** An id that sorts by time: prefix, milliseconds in base 36, 48 random bits. */
export function newId(prefix: 's' | 't' | 'a'): string {
  return `${prefix}_${Date.now().toString(36).padStart(9, '0')}${randomBytes(6).toString('hex')}`
}
