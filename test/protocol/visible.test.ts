import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hidesSomething, visible } from '#protocol/visible.ts'

describe('visible text', () => {
  test.each([
    ['ls -la\n\techo "é ü 漢字 🐎"', 'ls -la\n\techo "é ü 漢字 🐎"'],
    ['a\u202Eb', 'a⟨U+202E⟩b'],
    ['a\u200Bb\uFEFF', 'a⟨U+200B⟩b⟨U+FEFF⟩'],
    ['a\rb\u001b[2Kc\u0000', 'a⟨U+000D⟩b⟨U+001B⟩[2Kc⟨U+0000⟩'],
    ['a\u00A0b\u2003c\u2800d\u3164', 'a⟨U+00A0⟩b⟨U+2003⟩c⟨U+2800⟩d⟨U+3164⟩'],
    ['a\u{E0041}\u2028', 'a⟨U+E0041⟩⟨U+2028⟩'],
    ['\uD800', '⟨U+D800⟩'],
    [`ls${' '.repeat(500)}; rm`, 'ls⟨500 blanks⟩; rm'],
    [`ls${'\n'.repeat(60)}rm`, 'ls⟨60 blanks⟩rm'],
  ])('%j', (text, shown) => {
    expect(visible(text)).toBe(shown)
    expect(hidesSomething(text)).toBe(text !== shown)
  })

  test('takes time in proportion to the text', () => {
    const before = process.cpuUsage()
    for (const text of ['\n'.repeat(200_000), ' '.repeat(200_000), '\u202E'.repeat(200_000)]) visible(text)
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000)
  })

  test('leaves nothing that does not show', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[^\P{C}\n\t]/u)
        expect(hidesSomething(visible(text))).toBe(false)
      }),
    )
  })
})
