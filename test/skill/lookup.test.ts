import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FileRecord } from '../../daemon/skill/catalogue/catalogue.ts'
import { Lookup } from '../../daemon/skill/catalogue/lookup.ts'
import { twinAmong } from '../../daemon/skill/catalogue/twinRecords.ts'
import { placementOf } from '../../daemon/skill/clients/clients.ts'
import { runs } from '../support/seed.ts'
import { catalogueOf } from './catalogueOf.ts'
import { home } from './check.ts'

const words = 'fills in forms of pdf files when somebody asks for one and draws charts'.split(' ')
const description = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 9 })
  .map((picked) => picked.join(' '))
const folder = fc.constantFrom(
  '/repo/.claude/skills',
  '/repo/.agents/skills',
  '/repo/web/.claude/skills',
  '/repo/.claude/skills/a/.claude/skills',
  `${home}/.claude/skills`,
)
const target = fc.constantFrom('/repo/docs', '/repo/docs/a.md', '/repo/docs-b/a.md', '/repo/.claude/skills/a')

const record = fc
  .record({ folder, name: fc.constantFrom('a', 'b', 'c', 'd'), description, links: fc.uniqueArray(target) })
  .map(({ folder, name, description, links }): FileRecord => {
    const path = `${folder}/${name}/SKILL.md`
    const placement = placementOf(path, home)
    const place = { folder: placement?.folder, scope: placement?.scope }
    const rest = { names: [], hash: description, length: 0, size: 0, modified: 0 }
    return { path, kind: 'skill', name, description, links, ...place, ...rest }
  })

const change = fc.oneof(
  { weight: 3, arbitrary: record.map((put) => (lookup: Lookup) => lookup.put(put)) },
  {
    weight: 1,
    arbitrary: record.map(
      ({ path }) =>
        (lookup: Lookup) =>
          lookup.drop(path),
    ),
  },
)

const paths = (records: readonly FileRecord[]) => records.map(({ path }) => path)

it('records that come, change and go are found as a look at all of them finds them', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.nat(30), (changes, asked) => {
      const lookup = new Lookup()
      for (const [at, apply] of changes.entries()) {
        apply(lookup)
        // What is made late must be kept up from then on.
        if (at === asked) void [lookup.described('x'), lookup.twin(nobody, ''), lookup.linking('/repo', undefined)]
      }
      const records = [...lookup.ofKind('skill')]
      expect(paths(records)).toEqual(paths(records).sort())
      const all = catalogueOf(records)
      for (const each of records) {
        expect(paths(lookup.described(each.description))).toEqual(paths(all.described(each.description)))
        expect(lookup.twin(each, each.description)?.path).toBe(all.twin(each, each.description)?.path)
        expect(twinAmong(records, each, each.description)?.path).toBe(all.twin(each, each.description)?.path)
      }
      for (const base of ['/repo', '/repo/web', '/repo/.claude/skills/a', '']) {
        expect(lookup.listings.of('claude-code', base)).toEqual(all.listing('claude-code', base))
      }
      for (const path of ['/repo/docs', '/repo/docs/a.md', '/repo/.claude/skills/a']) {
        expect(paths(lookup.linking(path, undefined))).toEqual(paths(all.linking(path)).sort())
      }
      expect(paths(lookup.linking('/none', '/repo/.claude/skills/a'))).toEqual(
        paths(records).filter((path) => path.startsWith('/repo/.claude/skills/a/')),
      )
    }),
    { numRuns: runs(300) },
  )
})

it('of any two descriptions that have nine tenths of their words in common one is the twin of the other, however many skills came since the first was asked for', () => {
  const vocabulary = Array.from({ length: 60 }, (_, at) => `word${at}`)
  const some = fc.uniqueArray(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 40 })
  const changed = fc.tuple(some, fc.uniqueArray(fc.constantFrom(...vocabulary), { maxLength: 3 }))
  fc.assert(
    fc.property(fc.array(changed, { minLength: 1, maxLength: 30 }), fc.nat(5), (pairs, asked) => {
      const lookup = new Lookup()
      const records = pairs
        .flatMap(([one, more]) => [one, [...one.slice(more.length > 1 ? 1 : 0), ...more]])
        .map((picked, at): FileRecord => {
          const path = `/repo/.claude/skills/s${at}/SKILL.md`
          return { ...nobody, path, description: picked.join(' '), folder: '.claude/skills', scope: 'project' }
        })
      for (const [at, each] of records.entries()) {
        if (at === asked) lookup.twin(each, each.description)
        lookup.put(each)
      }
      const all = catalogueOf(records)
      for (const each of records) {
        const isFound = lookup.twin(each, each.description) !== undefined
        expect(isFound).toBe(all.twin(each, each.description) !== undefined)
        expect(twinAmong(records, each, each.description) !== undefined).toBe(isFound)
      }
    }),
    { numRuns: runs(200) },
  )
})

const nobody: FileRecord = {
  path: '/nobody',
  kind: 'skill',
  name: '',
  description: '',
  folder: undefined,
  scope: undefined,
  names: [],
  links: [],
  hash: '',
  length: 0,
  size: 0,
  modified: 0,
}
