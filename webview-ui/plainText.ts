import { visible } from '#protocol/visible.ts'

/** Text in which what would not show is spelled out; `mark` tells these pieces from the text itself. */
export interface Piece {
  readonly text: string
  readonly mark: boolean
}

/** Everything shown as exactly as one can: for text that a person decides by. */
export function exactPieces(text: string): readonly Piece[] {
  return text.search(suspicious) < 0 ? [{ text, mark: false }] : split(text, visible)
}

/** Output of a program: colours and cursor movements dropped, everything else that would not show is spelled out. */
export function outputPieces(text: string): readonly Piece[] {
  return exactPieces(text.replace(escapeSequences, '').replace(/\r\n?/g, '\n'))
}

/** Prose: only what reorders or hides text is spelled out, so that other scripts and emoji stay as they are. */
export function prosePieces(text: string): readonly Piece[] {
  return text.search(reordering) < 0 ? [{ text, mark: false }] : split(text, (all) => all.replace(reordering, visible))
}

const suspicious = /[^\n\t -~]|[ \t]{40,}|\n{5,}/
const reordering = /[\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/gu
// CSI, OSC and the other string sequences, then two-character escapes.
const escapeSequences =
  /\u001B\[[0-?]*[ -/]*[@-~]|\u001B[\]PX^_][^\u0007\u001B]{0,4096}(?:\u0007|\u001B\\)|\u001B[ -/]*[0-~]/g

function split(text: string, spell: (text: string) => string): readonly Piece[] {
  return spell(text)
    .split(/(⟨(?:U\+[0-9A-F]{4,6}|\d+ blanks)⟩)/u)
    .map((piece, index) => ({ text: piece, mark: index % 2 === 1 }))
    .filter((piece) => piece.text !== '')
}
