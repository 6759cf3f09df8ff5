import type { Path } from '../document/location.ts'
import type { FileRecord } from './catalogue.ts'

/** Records by what their links lead to. */
export class LinkTargets {
  readonly #linking = new Map<Path, FileRecord[]>()
  /** The targets in order; undefined while one was added since. */
  #order: Path[] | undefined

  add(record: FileRecord): void {
    for (const target of record.links) {
      const known = this.#linking.get(target)
      if (known) known.push(record)
      else {
        this.#linking.set(target, [record])
        this.#order = undefined
      }
    }
  }

  remove(record: FileRecord): void {
    for (const target of record.links) {
      const left = this.#linking.get(target)?.filter(({ path }) => path !== record.path)
      if (left && left.length > 0) this.#linking.set(target, left)
      else if (this.#linking.delete(target)) this.#order = undefined
    }
  }

  /** The records with a link to `path`, or into it where it is a folder. */
  leadingTo(path: Path): FileRecord[] {
    const inside = `${path}/`
    this.#order ??= [...this.#linking.keys()].sort()
    const order = this.#order
    const found = [...(this.#linking.get(path) ?? [])]
    for (let at = placeIn(order, inside); at < order.length && order[at]!.startsWith(inside); at++) {
      found.push(...this.#linking.get(order[at]!)!)
    }
    return found
  }
}

function placeIn(order: readonly Path[], path: Path): number {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (order[middle]! < path) low = middle + 1
    else high = middle
  }
  return low
}
