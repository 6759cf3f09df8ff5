/** What stands for itself between `$'` and `'`; null where bash would cut it off or make bytes of it that are no text. */
export function ansiText(raw: string): string | null {
  let bad = false
  const text = raw.replace(escaped, (all, octal, hex, short, long, control, letter) => {
    const code = octal ? Number.parseInt(octal, 8) % 256 : Number.parseInt(hex ?? short ?? long ?? '', 16)
    if (Number.isNaN(code)) {
      if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 0x1f)
      return letters[letter] ?? all
    }
    const isByte = octal !== undefined || hex !== undefined
    if (code === 0 || (isByte && code > 127) || code > 0x10ffff) bad = true
    return bad ? '' : String.fromCodePoint(code)
  })
  return bad ? null : text
}

const escaped = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c([\s\S])|([\s\S]))/g

const letters: Record<string, string> = {
  ...{ a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '?': '?' },
}
