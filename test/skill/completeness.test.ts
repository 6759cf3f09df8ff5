import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { proposals } from '../../daemon/skill/fixes/proposals.ts'
import { rules } from '../../daemon/skill/rules/rules.ts'

/** How many entries each group of the catalogue of rules has; they are numbered from 01. */
const groups = {
  Y: 17,
  L: 12,
  N: 16,
  D: 17,
  K: 19,
  T: 12,
  I: 7,
  A: 11,
  X: 9,
  R: 18,
  M: 12,
  C: 8,
  B: 28,
  S: 10,
  E: 8,
  O: 8,
  P: 6,
  G: 17,
  Q: 16,
  V: 18,
}
/** Entries that say what must be recognised: what is no finding has no rule. They are tested in `otherTools.test.ts`. */
const recognised = ['L11', 'R17']
const codes = Object.entries(groups).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, index) => `${group}${String(index + 1).padStart(2, '0')}`),
)

const folder = new URL('./rules/', import.meta.url)
/** What all tables of each rule say. */
const tables = new Map<string, string>()
for (const name of readdirSync(folder).filter((each) => each.endsWith('.test.ts'))) {
  const text = readFileSync(new URL(name, folder), 'utf8')
  for (const [, code = '', table = ''] of text.matchAll(/^checkRule\('(\w+)', \{\n(.*?)^\}\)/gms)) {
    tables.set(code, (tables.get(code) ?? '') + table)
  }
}

describe('the catalogue of rules', () => {
  it('has 269 entries, and every one that is a finding is a rule', () => {
    expect(codes).toHaveLength(269)
    const ours = Object.keys(rules).filter((code) => !code.startsWith('Z'))
    expect(ours.sort()).toEqual(codes.filter((code) => !recognised.includes(code)).sort())
  })

  it('has for every rule a table with what it finds and what it is silent about', () => {
    const untested = Object.keys(rules).filter((code) => !tables.has(code))
    expect(untested).toEqual([])
    const halves = [...tables].filter(
      ([, table]) => !/^ {2}finds: /m.test(table) || !/^ {2}silent: (?!\[\],$)/m.test(table),
    )
    expect(halves.map(([code]) => code)).toEqual([])
  })

  it('has for every fix what it makes of a text', () => {
    const untried = Object.keys(proposals).filter((code) => !/\bfixes: (?!\[\])/.test(tables.get(code) ?? ''))
    expect(untried).toEqual([])
  })
})
