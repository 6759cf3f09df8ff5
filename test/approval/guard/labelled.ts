import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A class of labelled commands; `␤` stands for a line end, `␉` for a tab, `⟨U+202E⟩` for that character. */
export function labelled(name: 'harmless' | 'asking' | 'destructive'): string[] {
  return readFileSync(join(import.meta.dirname, 'labelled', `${name}.txt`), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '))
    .map((line) =>
      line
        .replaceAll('␤', '\n')
        .replaceAll('␉', '\t')
        .replace(/⟨U\+([0-9A-F]+)⟩/g, (_all, code) => String.fromCodePoint(Number.parseInt(code, 16))),
    )
}
