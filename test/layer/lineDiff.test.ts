import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterDiscarding, afterKeeping, applyRuns, diffLines } from '../../daemon/layer/lineDiff.ts'
import { mergeLines } from '../../daemon/layer/mergeLines.ts'
import { asText, countLines, splitLines } from '../../daemon/layer/text.ts'

const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', 'd\r\n', '\n'), { maxLength: 24 })

describe('lines', () => {
  test('joined they are the text again, and are counted as they are split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '\n', '\r', '\r\n', '\uFEFF', 'é', '\u2028'), { maxLength: 30 }),
        (parts) => {
          const text = parts.join('')
          expect(splitLines(text).join('')).toBe(text)
          expect(countLines(text)).toBe(splitLines(text).length)
        },
      ),
    )
  })

  test('bytes are text only where they are UTF-8 without NUL', () => {
    expect(asText(Buffer.from('\uFEFFé\r\n'))).toBe('\uFEFFé\r\n')
    expect(asText(Buffer.from([0x61, 0]))).toBeUndefined()
    expect(asText(Buffer.from([0xff, 0xfe]))).toBeUndefined()
    expect(asText(Buffer.from([0xed, 0xa0, 0x80]))).toBeUndefined()
  })
})

describe('runs', () => {
  test('all of them make the layer, none of them the base, and they never touch', () => {
    fc.assert(
      fc.property(lines, lines, (base, layer) => {
        const runs = diffLines(base, layer)
        expect(applyRuns(base, layer, runs)).toEqual(layer)
        expect(applyRuns(base, layer, [])).toEqual(base)
        for (const [at, run] of runs.entries()) {
          const before = runs[at - 1]
          if (before) expect(run.baseStart > before.baseEnd && run.layerStart > before.layerEnd).toBe(true)
        }
      }),
    )
  })

  test('what remains after some are kept or discarded is what differs then', () => {
    fc.assert(
      fc.property(lines, lines, fc.infiniteStream(fc.boolean()), (base, layer, coins) => {
        const runs = diffLines(base, layer)
        const chosen = new Set(runs.filter(() => coins.next().value))
        const left = runs.filter((run) => !chosen.has(run))
        const kept = applyRuns(base, layer, [...chosen])
        expect(applyRuns(kept, layer, afterKeeping(runs, chosen))).toEqual(layer)
        const discarded = applyRuns(base, layer, left)
        expect(applyRuns(base, discarded, afterDiscarding(runs, chosen))).toEqual(discarded)
      }),
    )
  })

  test('work is bounded: two large texts without a common line are one run', () => {
    const base = Array.from({ length: 60_000 }, (_, at) => `${at}\n`)
    const layer = Array.from({ length: 60_000 }, (_, at) => `${-at - 1}\n`)
    const before = process.cpuUsage()
    expect(diffLines(base, layer)).toEqual([{ baseStart: 0, baseEnd: 60_000, layerStart: 0, layerEnd: 60_000 }])
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000)
  })
})

describe('merge', () => {
  test('takes either side alone, both where they agree, and is the same from both sides', () => {
    fc.assert(
      fc.property(lines, lines, lines, (base, a, b) => {
        expect(mergeLines(base, a, base)).toEqual(a)
        expect(mergeLines(base, base, a)).toEqual(a)
        expect(mergeLines(base, a, a)).toEqual(a)
        expect(mergeLines(base, a, b)).toEqual(mergeLines(base, b, a))
      }),
    )
  })

  test.each([
    ['neighbouring lines', 'abc', 'Abc', 'aBc', undefined],
    ['lines with one between', 'abc', 'Abc', 'abC', 'AbC'],
    ['two insertions at one place', 'ab', 'axb', 'ayb', undefined],
    ['one inserts where the other deletes', 'abc', 'axbc', 'ac', undefined],
    ['both delete the same, one goes on', 'abcd', 'acd', 'acD', 'acD'],
    ['the same change and another one', 'abcde', 'Abcde', 'AbcdE', 'AbcdE'],
    ['both at the end', 'a', 'ab', 'ac', undefined],
  ])('%s', (_, base, user, agent, merged) => {
    const cut = (text: string) => text.split('')
    expect(mergeLines(cut(base), cut(user), cut(agent))?.join('')).toBe(merged)
  })
})
