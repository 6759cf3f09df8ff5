/** More than this is treated as binary: no line of it is compared. */
export const maxTextBytes = 4 * 1024 * 1024

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes as text, byte order mark included, where they are UTF-8 without NUL and not too many. */
export function asText(bytes: Uint8Array): string | undefined {
  if (bytes.length > maxTextBytes || bytes.includes(0)) return undefined
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Lines with their own terminators, cut where the editor cuts them; joined, they are the text again. */
export function splitLines(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+/g) ?? []
}

/** How many lines `splitLines` would make. */
export function countLines(text: string): number {
  let lines = 0
  let end = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== 10 && (code !== 13 || text.charCodeAt(at + 1) === 10)) continue
    lines += 1
    end = at + 1
  }
  return end < text.length ? lines + 1 : lines
}
