import type { Tree } from 'web-tree-sitter'

/** A part of a shell line, with all that is below it, tokens included. `start` and `end` are UTF-16 units of the line. */
export interface Syntax {
  readonly type: string
  readonly named: boolean
  /** What it is to the part that it is in. */
  readonly field: string | null
  readonly start: number
  readonly end: number
  readonly children: readonly Syntax[]
}

/** The tree as plain data; null where it is larger or deeper than any line that a person could judge. */
export function syntaxOf(tree: Tree): Syntax | null {
  const cursor = tree.walk()
  let left = maxParts
  const read = (depth: number): Syntax | null => {
    if (--left < 0 || depth > maxDepth) return null
    const children: Syntax[] = []
    if (cursor.gotoFirstChild()) {
      do {
        const child = read(depth + 1)
        if (!child) return null
        children.push(child)
      } while (cursor.gotoNextSibling())
      cursor.gotoParent()
    }
    return {
      type: cursor.nodeIsMissing ? 'MISSING' : cursor.nodeType,
      named: cursor.nodeIsNamed,
      field: cursor.currentFieldName,
      start: cursor.startIndex,
      end: cursor.endIndex,
      children,
    }
  }
  const syntax = read(0)
  cursor.delete()
  return syntax
}

const maxParts = 10_000
const maxDepth = 150
