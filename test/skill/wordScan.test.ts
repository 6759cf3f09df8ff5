import fc from 'fast-check'
import { expect, it } from 'vitest'
import { patterns } from '../../daemon/skill/rules/securityPatterns.ts'
import { wordScan } from '../../daemon/skill/rules/wordScan.ts'

const words = [...new Set(patterns.flatMap((pattern) => pattern.words))]

it('finds at each place the word that a pattern of all words finds', () => {
  const next = wordScan(words)
  const escaped = [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const any = new RegExp(escaped.join('|'), 'gi')
  const part = fc.oneof(
    fc.constantFrom(...words),
    fc.constantFrom(...words).map((word) => word.toUpperCase()),
    fc.constantFrom(...words).chain((word) => fc.nat(word.length).map((end) => word.slice(0, end))),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join('')
      const found: [number, string][] = []
      for (let each = next(text, 0); each; each = next(text, each.at + 1)) found.push([each.at, each.word])
      const wanted: [number, string][] = []
      any.lastIndex = 0
      for (let match = any.exec(text); match; match = any.exec(text)) {
        wanted.push([match.index, match[0]])
        any.lastIndex = match.index + 1
      }
      expect(found).toEqual(wanted)
    }),
    { numRuns: 2000 },
  )
})
