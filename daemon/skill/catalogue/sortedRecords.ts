import type { Path } from '../document/location.ts'

/** What lists are in the order of. */
interface Placed {
  readonly path: Path
}

/** Puts a record into a list that is in the order of paths. What comes in that order costs nothing to find the place of. */
export function insertInto<T extends Placed>(list: T[], record: T): void {
  const last = list.at(-1)
  if (!last || last.path < record.path) list.push(record)
  else list.splice(placeIn(list, record.path), 0, record)
}

/** Takes the record of a path out of such a list. */
export function removeFrom(list: Placed[], path: Path): void {
  const at = placeIn(list, path)
  if (list[at]?.path === path) list.splice(at, 1)
}

/** The records of all that lies in a folder. */
export function recordsInside<T extends Placed>(list: readonly T[], folder: Path): T[] {
  const inside = `${folder}/`
  const found: T[] = []
  for (let at = placeIn(list, inside); at < list.length && list[at]!.path.startsWith(inside); at++)
    found.push(list[at]!)
  return found
}

/** Where `path` is in such a list, or would be. */
function placeIn(list: readonly Placed[], path: Path): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle]!.path < path) low = middle + 1
    else high = middle
  }
  return low
}
