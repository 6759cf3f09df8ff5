/**
 * Text for a person to decide by: whatever would not show, or would show as something else, is spelled out. Control,
 * bidirectional, zero-width, tag and private characters become `⟨U+202E⟩`; long runs of blanks, which push text out of
 * view, become `⟨500 blanks⟩`. Line ends and tabs stay. The text is longer afterwards, never shorter in meaning.
 */
export function visible(text: string): string {
  return text.replace(hidden, named).replace(padding, (run) => `⟨${run.length} blanks⟩`)
}

/** Whether `visible` would change anything. */
export function hidesSomething(text: string): boolean {
  return text.search(hidden) >= 0 || text.search(padding) >= 0
}

// Everything that is not drawn as itself; U+2800 is a letter that looks blank.
const hidden = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu
const padding = /[ \t]{40,}|\n{5,}/g

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}
