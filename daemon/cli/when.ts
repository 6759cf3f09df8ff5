import { UsageError } from './usage.ts'

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A moment that a person wrote, in ms since 1970: a date and perhaps a time, or how long ago (`30m`, `2d`). */
export function whenOf(text: string, option: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  if (count && unit) return Date.now() - Number(count) * (units[unit] as number)
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new UsageError(`${option} is a date (2026-11-28, 2026-11-28T09:00) or how long ago (30m, 12h, 7d).`)
}

/** How long ago, roughly. */
export function ago(at: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - at) / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
