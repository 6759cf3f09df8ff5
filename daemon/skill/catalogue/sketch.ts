import { wordHashesOf } from './wordHashes.ts'

const seeds = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f]

/** A few numbers that are mostly the same for texts with mostly the same words. */
export function sketchOf(text: string): readonly number[] {
  const hashes = wordHashesOf(text)
  return seeds.map((seed) => {
    let least = 0x3fffffff
    for (const hash of hashes) {
      const mixed = Math.imul(hash ^ (hash >>> 15), seed) >>> 2
      if (mixed < least) least = mixed
    }
    return least
  })
}

/** Whether two texts are worth comparing word by word. */
export function areAlike(one: readonly number[], other: readonly number[]): boolean {
  let same = 0
  for (let i = 0; i < one.length; i++) if (one[i] === other[i]) same++
  return same >= 2
}
