import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AuditDraft } from '../../../daemon/session/audit/auditDraft.ts'
import { type AuditRow, ChainWalk, emptyHead, entryOf, type Head, linked } from '../../../daemon/session/audit/chain.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const draft: fc.Arbitrary<AuditDraft> = fc.record(
  {
    at: fc.nat(),
    session: fc.constantFrom('s1', 's2'),
    folder: fc.constantFrom('/w', '/v'),
    kind: fc.constantFrom('call' as const, 'answer' as const, 'keep' as const),
    verdict: fc.constantFrom('allow' as const, 'deny' as const),
    who: fc.record({ type: fc.constant('person' as const), name: text }),
    what: fc.record({ text, files: fc.array(text, { maxLength: 3 }) }),
    evidence: fc.record({ event: fc.nat(), action: text }),
  },
  { requiredKeys: ['at', 'kind', 'who', 'what'] },
)

function chainOf(drafts: readonly AuditDraft[]): AuditRow[] {
  let head: Head = emptyHead
  return drafts.map((each) => {
    const row = linked(head, each)
    head = row
    return row
  })
}

/** The number of the first entry that is at fault. */
function faultOf(rows: readonly AuditRow[], expected: Head) {
  const walk = new ChainWalk()
  rows.every((row) => walk.step(row))
  walk.end(expected)
  return walk.fault
}

type Mutation = (rows: AuditRow[], at: number, other: number, drafted: AuditDraft) => AuditRow[]
const mutations: Record<string, Mutation> = {
  'one character of an entry': (rows, at, other) => {
    const row = rows[at] as AuditRow
    const place = other % row.body.length
    const body = `${row.body.slice(0, place)}${row.body[place] === 'x' ? 'y' : 'x'}${row.body.slice(place + 1)}`
    return rows.with(at, { ...row, body })
  },
  'one digit of a hash': (rows, at, other) => {
    const row = rows[at] as AuditRow
    const place = other % 64
    const hash = `${row.hash.slice(0, place)}${row.hash[place] === '0' ? '1' : '0'}${row.hash.slice(place + 1)}`
    return rows.with(at, { ...row, hash })
  },
  'what an entry is found by': (rows, at) => rows.with(at, { ...(rows[at] as AuditRow), session: 'another' }),
  'when it says it was': (rows, at) => rows.with(at, { ...(rows[at] as AuditRow), at: (rows[at] as AuditRow).at + 1 }),
  'an entry taken out': (rows, at) => rows.toSpliced(at, 1),
  'an entry taken out, and those after it numbered anew': (rows, at) =>
    rows.toSpliced(at, 1).map((row, index) => ({ ...row, seq: index + 1 })),
  'two that changed places': (rows, at, other) => {
    const second = (at + 1 + (other % (rows.length - 1))) % rows.length
    const [a, b] = [rows[at] as AuditRow, rows[second] as AuditRow]
    return rows.with(at, { ...b, seq: a.seq }).with(second, { ...a, seq: b.seq })
  },
  'one told twice': (rows, at) =>
    rows.toSpliced(at, 0, rows[at] as AuditRow).map((row, index) => ({ ...row, seq: index + 1 })),
  'the end cut off': (rows, at) => rows.slice(0, at),
  'one put in': (rows, at, _, drafted) => {
    const before = rows[at - 1] ?? emptyHead
    return rows.toSpliced(at, 0, linked(before, drafted)).map((row, index) => ({ ...row, seq: index + 1 }))
  },
  'an entry written anew with a hash that fits': (rows, at) => {
    const row = rows[at] as AuditRow
    const { seq: _, hash: __, ...entry } = entryOf(row)
    return rows.with(at, linked(rows[at - 1] ?? emptyHead, { ...entry, what: { text: 'nothing happened' } }))
  },
}

describe('a chain of entries', () => {
  test('as it was written has no fault', () => {
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 20 }), (drafts) => {
        const rows = chainOf(drafts)
        expect(faultOf(rows, rows.at(-1) ?? emptyHead)).toBeUndefined()
      }),
    )
  })

  test.each(Object.entries(mutations))('%s is found, at its place or before', (_, mutate) => {
    fc.assert(
      fc.property(
        fc.array(draft, { minLength: 2, maxLength: 20 }),
        fc.nat(),
        fc.nat(),
        draft.filter(({ kind }) => kind === 'keep'),
        (drafts, where, other, drafted) => {
          const rows = chainOf(drafts)
          const head = rows.at(-1) as AuditRow
          const at = where % rows.length
          const mutated = mutate(rows, at, other, drafted)
          fc.pre(JSON.stringify(mutated) !== JSON.stringify(rows))
          const fault = faultOf(mutated, head)
          expect(fault).toBeDefined()
          expect(fault?.seq).toBeLessThanOrEqual(rows.length + 1)
        },
      ),
    )
  })

  test('names the first entry at fault, and why', () => {
    const plain = { at: 1, kind: 'call', who: { type: 'policy', name: 'policy' }, what: { text: 'make' } } as const
    const rows = chainOf([plain, plain, plain, plain])
    const head = rows.at(-1) as AuditRow
    expect(faultOf(rows.with(2, { ...(rows[2] as AuditRow), body: '{}' }), head)).toMatchObject({
      type: 'altered',
      seq: 3,
    })
    expect(faultOf(rows.toSpliced(1, 1), head)).toMatchObject({ type: 'missing', seq: 2 })
    expect(faultOf(rows.slice(0, 3), head)).toMatchObject({ type: 'truncated', seq: 4 })
  })

  test('one entry is one text, whatever order its parts were written in', () => {
    const one = linked(emptyHead, { at: 1, kind: 'mode', who: { type: 'person', name: 'a' }, what: { text: 'b' } })
    const other = linked(emptyHead, { what: { text: 'b' }, who: { name: 'a', type: 'person' }, kind: 'mode', at: 1 })
    expect(other).toEqual(one)
  })
})
