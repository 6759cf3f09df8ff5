import type { BaseFile } from './base.ts'
import type { Difference } from './difference.ts'
import type { FileContent } from './fileState.ts'
import { baseBytes, type Sides } from './sides.ts'
import { asText, splitLines } from './text.ts'

/** What two files must have in common, of the longer one's bytes. */
const minSimilarity = 0.6
/** Above so many deleted or added files, or for files above this size, only equal content is recognised. */
const maxCompared = 60
const maxComparedBytes = 512 * 1024
const maxRemembered = 20_000

type Deleted = Difference & { base: BaseFile }
type Added = Difference & { layer: FileContent }

/** Joins a deleted and an added file into a renamed one where the content says so. */
export class Renames {
  /** By the two contents' hashes. */
  readonly #similarities = new Map<string, number>()

  /** Every file takes part once: the best pairs win. */
  async pair(sides: Sides, differences: readonly Difference[]): Promise<readonly Difference[]> {
    const deleted = differences.filter(isDeletedFile)
    const added = differences.filter(isAddedFile)
    if (deleted.length === 0 || added.length === 0) return differences

    const fromOf = new Map<string, Difference>()
    const taken = new Set<string>()
    const pair = (to: Difference, from: Difference) => {
      fromOf.set(to.path, from)
      taken.add(from.path)
    }
    const bySha = Map.groupBy(deleted, (d) => d.base.sha256)
    for (const to of added) {
      const from = to.layer.size > 0 ? bySha.get(to.layer.sha256)?.pop() : undefined
      if (from) pair(to, from)
    }
    const olds = deleted.filter((d) => !taken.has(d.path) && isComparable(d.base))
    const news = added.filter((d) => !fromOf.has(d.path) && isComparable(d.layer))
    for (const { to, from } of await this.#similar(sides, olds, news)) {
      if (!fromOf.has(to.path) && !taken.has(from.path)) pair(to, from)
    }
    return differences.flatMap((d) => {
      const from = fromOf.get(d.path)
      return from ? [{ ...d, from }] : taken.has(d.path) ? [] : [d]
    })
  }

  /** Best first. */
  async #similar(sides: Sides, olds: readonly Deleted[], news: readonly Added[]) {
    if (olds.length > maxCompared || news.length > maxCompared) return []
    const oldBag = remember((d: Deleted) => baseBytes(sides, d.path, d.base))
    const newBag = remember(async (d: Added) => (await sides.layer.read(d.path)).bytes)
    const pairs: { to: Added; from: Deleted; similarity: number }[] = []
    for (const to of news) {
      for (const from of olds) {
        const key = `${from.base.sha256} ${to.layer.sha256}`
        let similarity = mayBeSimilar(from.base.size, to.layer.size) ? this.#similarities.get(key) : 0
        if (similarity === undefined) {
          similarity = similarityOf(await oldBag(from), await newBag(to))
          if (this.#similarities.size >= maxRemembered) this.#similarities.clear()
          this.#similarities.set(key, similarity)
        }
        if (similarity >= minSimilarity) pairs.push({ to, from, similarity })
      }
    }
    return pairs.sort((a, b) => b.similarity - a.similarity)
  }
}

/** A text as a bag of lines. */
interface Bag {
  readonly bytes: number
  readonly counts: ReadonlyMap<string, number>
}

function bagOf(bytes: Uint8Array | undefined): Bag {
  const counts = new Map<string, number>()
  for (const line of splitLines((bytes && asText(bytes)) ?? '')) counts.set(line, (counts.get(line) ?? 0) + 1)
  return { bytes: bytes?.length ?? 0, counts }
}

/** The share of bytes in common lines, of the longer text. */
function similarityOf(a: Bag, b: Bag): number {
  let common = 0
  for (const [line, count] of a.counts) common += Math.min(count, b.counts.get(line) ?? 0) * Buffer.byteLength(line)
  return common / Math.max(a.bytes, b.bytes, 1)
}

function mayBeSimilar(a: number, b: number): boolean {
  return Math.min(a, b) >= minSimilarity * Math.max(a, b)
}

function remember<T>(bytesOf: (item: T) => Promise<Uint8Array | undefined>): (item: T) => Promise<Bag> {
  const bags = new Map<T, Promise<Bag>>()
  return (item) => {
    const known = bags.get(item)
    if (known) return known
    const bag = bytesOf(item).then(bagOf)
    bags.set(item, bag)
    return bag
  }
}

function isDeletedFile(d: Difference): d is Deleted {
  return d.base.type === 'file' && d.layer.type === 'absent'
}

function isAddedFile(d: Difference): d is Added {
  return d.base.type === 'absent' && d.layer.type === 'file'
}

function isComparable({ text, size }: FileContent): boolean {
  return text && size > 0 && size <= maxComparedBytes
}
