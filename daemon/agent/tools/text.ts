import type { Output } from '../../sandbox/sandbox.ts'

/** The bytes as text, or why they are none. A byte order mark stays the first character. */
export function decodeText(bytes: Uint8Array): { type: 'text'; text: string } | { type: 'binary' } {
  if (bytes.subarray(0, 8192).includes(0)) return { type: 'binary' }
  try {
    return { type: 'text', text: strict.decode(bytes) }
  } catch {
    return { type: 'binary' }
  }
}

/** A program's output as text for the model: what was left out is said, characters are not torn at the cut. */
export function outputText({ head, tail, omitted }: Output): string {
  if (omitted === 0) return lenient.decode(Buffer.concat([head, tail]))
  const start = lenient.decode(head.subarray(0, wholeCharacters(head)))
  const end = lenient.decode(tail.subarray(leadingContinuations(tail)))
  return `${start}\n[… ${omitted.toLocaleString('en')} bytes left out …]\n${end}`
}

/** `count` of a thing, in words: "1 line", "2,000 lines". */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`
}

/** "0.2 s", "1 min 5 s". */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`
}

/** How many bytes of the end's last, perhaps torn character to leave off: the length without it. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (isContinuation(byte)) continue
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needs > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

function leadingContinuations(bytes: Uint8Array): number {
  let index = 0
  while (index < 3 && index < bytes.length && isContinuation(bytes[index] ?? 0)) index++
  return index
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
