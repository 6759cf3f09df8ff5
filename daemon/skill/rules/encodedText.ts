import type { SkillDocument } from '../document/document.ts'
import { hasRun } from './letterRuns.ts'
import type { Hit } from './rule.ts'

const shortest = 120
const base64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{120,4000}={0,2}/g
const escapes = /(?:\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2}){20,500}/g
const numbers = /\b(?:String\.fromCharCode|chr|bytes|bytearray)\s*\(\s*\[?(?:\s*\d{1,3}\s*,){15,500}/g

/** Long stretches that a program has to decode. Pictures and checksums are none. */
export function encodedIn({ text }: SkillDocument): Hit[] {
  const blobs = (hasRun(text, shortest, isOfCode) ? [...text.matchAll(base64)] : []).flatMap((match): Hit[] => {
    const written = match[0]
    const before = text.slice(Math.max(0, match.index - 60), match.index)
    if (
      /data:(?:image|font|audio|video)\/[\w.+-]{1,40};base64,$|sha(?:1|256|384|512)[-:=]$|BEGIN [A-Z ]{1,30}-----\s+$/.test(
        before,
      )
    )
      return []
    if (/^sha(?:1|256|384|512)-/.test(written)) return []
    // Words, paths and hashes in a row are no code: encoded text has capitals, small letters and digits mixed.
    if (new Set(written).size < 24 || !/[a-z]/.test(written) || !/[A-Z]/.test(written) || !/\d/.test(written)) return []
    if (/^(?:PHN2Zy|PD94bW|iVBORw0KGgo|\/9j\/|R0lGOD|UklGR|AAABAA|d09GM|T1RUTw)/.test(written)) return []
    if (/\/[a-z]{2,}[-_/]|[-_][a-z]{3,}[-_]/.test(written)) return []
    const decoded = Buffer.from(written.slice(0, 400), 'base64').toString('latin1')
    const readable = decoded.replace(/[^\t\n\r -~]/g, '').length >= decoded.length * 0.95
    const span = { start: match.index, end: match.index + written.length }
    if (readable) return [{ span, message: `Decoded, this begins with “${shown(decoded)}”.` }]
    return [{ span, message: 'A long encoded stretch; what it holds cannot be seen.', severity: 'information' }]
  })
  const others = [
    ...(text.includes('\\x') || text.includes('\\u') || text.includes('%') ? [escapes] : []),
    ...(text.includes('chr') || text.includes('byte') || text.includes('CharCode') ? [numbers] : []),
  ].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match): Hit => {
      const span = { start: match.index, end: match.index + match[0].length }
      return { span, message: 'Text as numbers, which nobody can read.' }
    }),
  )
  return [...blobs, ...others]
}

function isOfCode(code: number): boolean {
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
  // Digits and the slash before them, plus, minus, low line.
  return isLetter || (code >= 47 && code <= 57) || code === 43 || code === 45 || code === 95
}

function shown(text: string): string {
  return text.slice(0, 60).replace(/\s+/g, ' ').trim()
}
