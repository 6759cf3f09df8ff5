import { expect, test } from 'vitest'
import { exactPieces, outputPieces, prosePieces } from '../../webview-ui/plainText.ts'

const spelled = (pieces: readonly { text: string; mark: boolean }[]) =>
  pieces.map(({ text, mark }) => (mark ? `{${text}}` : text)).join('')

test('what a person decides by shows everything that would hide', () => {
  expect(spelled(exactPieces(`ls${' '.repeat(500)}; rm -rf ~`))).toBe('ls{⟨500 blanks⟩}; rm -rf ~')
  expect(spelled(exactPieces('a\u202Eb\u200Bc\u001B[2Kd\re'))).toBe('a{⟨U+202E⟩}b{⟨U+200B⟩}c{⟨U+001B⟩}[2Kd{⟨U+000D⟩}e')
  expect(exactPieces('npm test && echo "done"\n\tnext')).toEqual([
    { text: 'npm test && echo "done"\n\tnext', mark: false },
  ])
})

test('output loses its colours, keeps its text and shows the rest', () => {
  expect(spelled(outputPieces('\u001B[31mred\u001B[0m \u001B]0;title\u0007plain\r\n50 %\r100 %'))).toBe(
    'red plain\n50 %\n100 %',
  )
  expect(spelled(outputPieces('\u0000\u202Eevil'))).toBe('{⟨U+0000⟩}{⟨U+202E⟩}evil')
})

test('prose keeps other scripts and emoji, but nothing that turns text around', () => {
  const innocent = 'Grüße, שלום, 👩‍👩‍👧 und e\u0301'
  expect(prosePieces(innocent)).toEqual([{ text: innocent, mark: false }])
  expect(spelled(prosePieces('safe\u202Egpj.exe'))).toBe('safe{⟨U+202E⟩}gpj.exe')
})
