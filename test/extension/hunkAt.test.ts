import { expect, test } from 'vitest'
import type { Hunk } from '#protocol/change.ts'
import { hunkAtLine, hunkLabel, hunkLines, hunksAtMark } from '../../extension/hunkAt.ts'

function hunk(id: string, layerStart: number, layerEnd: number, baseLines = 1): Hunk {
  return { id, baseStart: 0, baseEnd: baseLines, layerStart, layerEnd }
}

const hunks = [hunk('first', 0, 2), hunk('deleted', 10, 10), hunk('last', 20, 25)]
const mark = (originalStartLineNumber: number, originalEndLineNumber: number) => ({
  originalStartLineNumber,
  originalEndLineNumber,
})

test.each([
  [mark(1, 2), ['first']],
  [mark(2, 2), ['first']],
  [mark(3, 5), []],
  // The editor's word for "nothing in the original, after line 10".
  [mark(10, 0), ['deleted']],
  [mark(21, 25), ['last']],
  [mark(1, 30), ['first', 'deleted', 'last']],
  [mark(15, 0), []],
])('the mark %j stands for %j', (at, ids) => expect(hunksAtMark(hunks, at).map(({ id }) => id)).toEqual(ids))

test.each([
  [0, 'first'],
  [2, undefined],
  [10, 'deleted'],
  [24, 'last'],
  [25, undefined],
])('at line %i of the layer is %s', (line, id) => expect(hunkAtLine(hunks, line)?.id).toBe(id))

test('a hunk is named by its place and its lines', () => {
  expect(hunkLabel(hunk('x', 3, 5, 1), 0, 3)).toBe('Hunk 1 of 3 · +2 −1')
})

test.each([
  [hunk('x', 3, 5), 100, { first: 3, last: 4 }],
  [hunk('x', 10, 10), 100, { first: 9, last: 9 }],
  [hunk('x', 0, 0), 1, { first: 0, last: 0 }],
  // The document has not yet been renewed and is shorter.
  [hunk('x', 30, 40), 5, { first: 4, last: 4 }],
])('%j stands in a document of %i lines', (at, lines, range) => expect(hunkLines(at, lines)).toEqual(range))
