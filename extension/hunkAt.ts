import type { Hunk } from '#protocol/change.ts'

/** The editor's word for a difference: 1-based lines, an end below its start meaning an empty range after that line. */
export interface LineChangeRange {
  readonly originalStartLineNumber: number
  readonly originalEndLineNumber: number
}

/**
 * The hunks that a gutter mark stands for. The mark's original is the layer, so only layer lines decide: the user's own
 * unsaved lines move the other side. None: the mark is the user's own edit.
 */
export function hunksAtMark(hunks: readonly Hunk[], mark: LineChangeRange): Hunk[] {
  const { originalStartLineNumber: first, originalEndLineNumber: last } = mark
  const [start, end] = last < first ? [first, first] : [first - 1, last]
  return hunks.filter((hunk) =>
    start === end || hunk.layerStart === hunk.layerEnd
      ? hunk.layerStart <= end && start <= hunk.layerEnd
      : hunk.layerStart < end && start < hunk.layerEnd,
  )
}

/** The hunk at a line (0-based) of the layer's document. */
export function hunkAtLine(hunks: readonly Hunk[], line: number): Hunk | undefined {
  return hunks.find(({ layerStart, layerEnd }) => line >= layerStart && line < Math.max(layerEnd, layerStart + 1))
}

/** "Hunk 1 of 3 · +2 −1" */
export function hunkLabel(hunk: Hunk, index: number, count: number): string {
  const added = hunk.layerEnd - hunk.layerStart
  const removed = hunk.baseEnd - hunk.baseStart
  return `Hunk ${index + 1} of ${count} · +${added} −${removed}`
}

/** The lines (0-based, both inclusive) that a hunk's thread stands at; a pure deletion stands at the line above it. */
export function hunkLines(hunk: Hunk, lineCount: number): { first: number; last: number } {
  const end = Math.max(0, lineCount - 1)
  if (hunk.layerEnd > hunk.layerStart)
    return { first: Math.min(hunk.layerStart, end), last: Math.min(hunk.layerEnd - 1, end) }
  const line = Math.min(Math.max(0, hunk.layerStart - 1), end)
  return { first: line, last: line }
}
