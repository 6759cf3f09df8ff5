import { Transform, type TransformCallback } from 'node:stream'
import type { Disguise } from './swapSecrets.ts'

/**
 * Replaces what must not get inside, also where it is split over chunks. Nothing is held back but a tail that could be
 * the beginning of it, so that an answer which comes word by word is passed on as it comes. With `cut` it fails instead
 * of replacing: for streams whose lengths are framed inside them.
 */
export function scrub(disguises: readonly Disguise[], { cut = false } = {}): Transform {
  const needles = disguises.map(({ real, shown }) => ({ real: Buffer.from(real), shown: Buffer.from(shown) }))
  let held: Buffer = Buffer.alloc(0)

  const replaced = (bytes: Buffer, whole: boolean): Buffer[] | Error => {
    const hold = whole ? bytes.length : Math.min(...needles.map(({ real }) => partialAt(bytes, real)), bytes.length)
    const out: Buffer[] = []
    let at = 0
    const next = needles.map(({ real }) => bytes.indexOf(real))
    for (;;) {
      let found = -1
      needles.forEach(({ real }, n) => {
        if (next[n]! !== -1 && next[n]! < at) next[n] = bytes.indexOf(real, at)
        const here = next[n]!
        if (here === -1 || here >= hold) return
        const best = found === -1 ? Number.POSITIVE_INFINITY : next[found]!
        if (here < best || (here === best && real.length > needles[found]!.real.length)) found = n
      })
      if (found === -1) break
      if (cut) return new Error('It would have carried a secret inside.')
      out.push(bytes.subarray(at, next[found]), needles[found]!.shown)
      at = next[found]! + needles[found]!.real.length
    }
    out.push(bytes.subarray(at, Math.max(at, hold)))
    held = bytes.subarray(Math.max(at, hold))
    return out
  }

  const pass = (bytes: Buffer, whole: boolean, done: TransformCallback) => {
    const out = replaced(bytes, whole)
    if (out instanceof Error) return done(out)
    done(null, Buffer.concat(out))
  }
  return new Transform({
    transform(chunk: Buffer, _, done) {
      pass(held.length > 0 ? Buffer.concat([held, chunk]) : chunk, false, done)
    },
    flush(done) {
      pass(held, true, done)
    },
  })
}

/** Where the end of `bytes` could be the beginning of `real`; its length where it could not. */
function partialAt(bytes: Buffer, real: Buffer): number {
  let at = bytes.indexOf(real[0]!, Math.max(0, bytes.length - real.length + 1))
  while (at !== -1 && bytes.compare(real, 0, bytes.length - at, at) !== 0) at = bytes.indexOf(real[0]!, at + 1)
  return at === -1 ? bytes.length : at
}
