import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FileRecord } from '../../daemon/skill/catalogue/catalogue.ts'
import { Lookup } from '../../daemon/skill/catalogue/lookup.ts'
import { sketchOf } from '../../daemon/skill/catalogue/sketch.ts'
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
    return { path, kind: 'skill', name, description, sketch: sketchOf(description), links, ...place, ...rest }
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
        if (at === asked) void [lookup.described('x'), lookup.alike(nobody, 1), lookup.linking('/repo', undefined)]
      }
      const records = [...lookup.ofKind('skill')]
      expect(paths(records)).toEqual(paths(records).sort())
      const all = catalogueOf(records)
      for (const each of records) {
        expect(paths(lookup.described(each.description))).toEqual(paths(all.described(each.description)))
        for (const most of [2, 50]) expect(paths(lookup.alike(each, most))).toEqual(paths(all.alike(each, most)))
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

const nobody: FileRecord = {
  path: '/nobody',
  kind: 'skill',
  name: '',
  description: '',
  sketch: sketchOf(''),
  folder: undefined,
  scope: undefined,
  names: [],
  links: [],
  hash: '',
  length: 0,
  size: 0,
  modified: 0,
}
