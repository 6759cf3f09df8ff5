import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Catalogue, FileRecord } from '../../daemon/skill/catalogue/catalogue.ts'
import type { Root } from '../../daemon/skill/catalogue/crawl.ts'
import { SkillIndex } from '../../daemon/skill/catalogue/skillIndex.ts'
import type { IndexStore } from '../../daemon/skill/catalogue/store.ts'
import { SkillDocument } from '../../daemon/skill/document/document.ts'
import { uriOf } from '../../daemon/skill/document/location.ts'
import { runs } from '../support/seed.ts'
import { home } from './check.ts'
import { MemoryWorkspace } from './memoryWorkspace.ts'

const roots: Root[] = [
  { path: '/repo', type: 'folder' },
  { path: home, type: 'home' },
]
const never = new AbortController().signal
const skillText = (name: string, description: string, body = '') =>
  `---\nname: ${name}\ndescription: ${description}\n---\n${body}`

const files = {
  '/repo/.claude/skills/forms/SKILL.md': skillText('forms', 'Fills in forms.', 'Then run /deploy and $[web].charts.\n'),
  '/repo/.claude/skills/charts/SKILL.md': skillText('charts', 'Draws charts.', 'See [forms](../forms/SKILL.md#how).\n'),
  '/repo/.claude/agents/reviewer.md': '---\ndescription: Reviews.\nskills: [forms, charts]\n---\n',
  '/repo/.claude/skills/forms/reference.md': 'See `/usr/bin/env` and $HOME, not /charts/x.\n',
  '/repo/apps/web/.agents/skills/deploy/SKILL.md': skillText('ship', 'Deploys.'),
  '/repo/AGENTS.md': 'Use /forms for forms.\n',
  '/repo/node_modules/x/.claude/skills/no/SKILL.md': skillText('no', 'No.'),
  '/repo/.git/hooks/SKILL.md': skillText('no', 'No.'),
  '/repo/src/main.ts': 'x',
  [`${home}/.claude/skills/forms/SKILL.md`]: skillText('forms', 'My forms.'),
  [`${home}/.claude/plugins/cache/office/skills/sheets/SKILL.md`]: skillText('sheets', 'Sheets.'),
  [`${home}/.claude/projects/x/SKILL.md`]: skillText('no', 'No.'),
  [`${home}/documents/skills/no/SKILL.md`]: skillText('no', 'No.'),
}

let disk: MemoryWorkspace
let index: SkillIndex

beforeEach(async () => {
  disk = new MemoryWorkspace(files)
  index = new SkillIndex(disk, home)
  await index.refresh(roots, never)
})

const paths = (records: readonly FileRecord[]) => records.map(({ path }) => path)
const open = (path: string, text: string) =>
  new SkillDocument({ uri: uriOf(path), languageId: 'skill', version: 1, text })

/** Everything that can be asked. */
function answers(catalogue: Catalogue) {
  const names = ['forms', 'charts', 'deploy', 'ship', 'sheets', 'no', 'reviewer', 'new']
  return {
    complete: catalogue.complete,
    skills: paths(catalogue.ofKind('skill')),
    agents: paths(catalogue.ofKind('agent')),
    named: names.map((name) => [
      paths(catalogue.skills(name)),
      paths(catalogue.agents(name)),
      paths(catalogue.naming(name)),
    ]),
    links: paths(catalogue.linking('/repo/.claude/skills/forms')),
    described: paths(catalogue.described('Draws charts.')),
    twins: catalogue.ofKind('skill').map((record) => catalogue.twin(record, record.description)?.path),
    listings: ['/repo', '/repo/apps/web'].map((base) => catalogue.listing('claude-code', base)),
    records: [...catalogue.ofKind('skill'), ...catalogue.ofKind('markdown')].map(
      ({ modified: _, ...record }) => record,
    ),
  }
}

describe('the index', () => {
  it('finds the skills of all roots, and of a home only what clients keep there', () => {
    expect(index.complete).toBe(true)
    expect(paths(index.ofKind('skill'))).toEqual([
      `${home}/.claude/plugins/cache/office/skills/sheets/SKILL.md`,
      `${home}/.claude/skills/forms/SKILL.md`,
      '/repo/.claude/skills/charts/SKILL.md',
      '/repo/.claude/skills/forms/SKILL.md',
      '/repo/apps/web/.agents/skills/deploy/SKILL.md',
    ])
  })

  it('knows a skill by its name and by its folder’s, with scope and place', () => {
    expect(paths(index.skills('ship'))).toEqual(paths(index.skills('deploy')))
    expect(index.skills('forms').map(({ folder, scope, description }) => [folder, scope, description])).toEqual([
      ['.claude/skills', 'personal', 'My forms.'],
      ['.claude/skills', 'project', 'Fills in forms.'],
    ])
    expect(paths(index.agents('reviewer'))).toEqual(['/repo/.claude/agents/reviewer.md'])
  })

  it('knows the agents and commands of a plugin, wherever it lies', async () => {
    const plugin = new MemoryWorkspace({
      '/repo/plugins/a/.claude-plugin/plugin.json': '{"name": "a"}',
      '/repo/plugins/a/agents/critic.md': '---\nname: critic\ndescription: Criticises.\n---\n',
      '/repo/plugins/a/agents/README.md': '# Agents\n',
      '/repo/plugins/a/commands/tidy.md': '---\ndescription: Tidies.\n---\nTidy up.\n',
    })
    const here = new SkillIndex(plugin, home)
    await here.refresh(roots, never)
    expect(paths(here.ofKind('agent'))).toEqual(['/repo/plugins/a/agents/critic.md'])
    expect(paths(here.agents('critic'))).toEqual(['/repo/plugins/a/agents/critic.md'])
    expect(paths(here.skills('tidy'))).toEqual(['/repo/plugins/a/commands/tidy.md'])
  })

  it('knows who mentions and links to a skill, and not what only looks like it', () => {
    expect(paths(index.naming('deploy'))).toEqual(['/repo/.claude/skills/forms/SKILL.md'])
    expect(paths(index.naming('forms'))).toEqual(['/repo/.claude/agents/reviewer.md', '/repo/AGENTS.md'])
    expect(paths(index.naming('charts'))).toEqual([
      '/repo/.claude/agents/reviewer.md',
      '/repo/.claude/skills/forms/SKILL.md',
    ])
    expect(index.naming('usr')).toEqual([])
    expect(paths(index.linking('/repo/.claude/skills/forms'))).toEqual([
      '/repo/.claude/skills/charts/SKILL.md',
      '/repo/.claude/skills/forms/SKILL.md',
      '/repo/.claude/skills/forms/reference.md',
    ])
    expect(index.get('/repo/.claude/skills/charts/SKILL.md')!.links).toEqual(['/repo/.claude/skills/forms/SKILL.md'])
  })

  it('reads again only what has changed', async () => {
    const { read } = { ...disk.asked }
    await index.refresh(roots, never)
    expect(disk.asked.read).toBe(read)
    disk.write('/repo/AGENTS.md', 'Use /charts.\n')
    await index.refresh(roots, never)
    expect(disk.asked.read).toBe(read + 1)
    expect(paths(index.naming('forms'))).not.toContain('/repo/AGENTS.md')
  })

  it('follows files and folders that appear, move and vanish, as a new index finds them', async () => {
    disk.write('/repo/.claude/skills/new/SKILL.md', skillText('new', 'New.'))
    disk.rename('/repo/.claude/skills/charts', '/repo/.claude/skills/plots')
    disk.remove('/repo/apps')
    const changed = [
      '/repo/.claude/skills/new',
      '/repo/.claude/skills/charts',
      '/repo/.claude/skills/plots',
      '/repo/apps',
    ]
    await index.update(changed, never)
    const fresh = new SkillIndex(disk, home)
    await fresh.refresh(roots, never)
    expect(answers(index)).toEqual(answers(fresh))
    expect(paths(index.skills('new'))).toEqual(['/repo/.claude/skills/new/SKILL.md'])
    expect(index.skills('ship')).toEqual([])
  })

  it('lets an open document count, saved or not, until it is closed', () => {
    const path = '/repo/.claude/skills/charts/SKILL.md'
    let changes = 0
    const forget = index.onChange(() => changes++)
    index.opened(open(path, skillText('plots', 'Draws plots.', '/forms')))
    expect(paths(index.skills('plots'))).toEqual([path])
    expect(index.skills('charts').map(({ description }) => description)).toEqual(['Draws plots.'])
    expect(paths(index.naming('forms'))).toContain(path)
    index.opened(open('/repo/.claude/skills/unsaved/SKILL.md', skillText('unsaved', 'x')))
    expect(index.skills('unsaved')).toHaveLength(1)
    index.closed(path)
    index.closed('/repo/.claude/skills/unsaved/SKILL.md')
    expect(index.skills('plots')).toEqual([])
    expect(index.skills('unsaved')).toEqual([])
    expect(changes).toBe(4)
    index.opened(open(path, files[path]))
    forget()
    index.opened(open(path, ''))
    expect(changes).toBe(4)
  })

  it('broken off leaves what it knows and is not complete', async () => {
    const fresh = new SkillIndex(disk, home)
    const broken = new AbortController()
    broken.abort()
    await fresh.refresh(roots, broken.signal)
    expect(fresh.complete).toBe(false)
    await fresh.refresh(roots, never)
    expect(answers(fresh)).toEqual(answers(index))
  })

  it('stores itself, and answers from what was stored before the disk was looked at', async () => {
    let stored: string | undefined
    const keep = (text: string) => {
      stored = text
    }
    const store: IndexStore = { load: async () => stored, save: async (text) => keep(text) }
    await index.save(store)
    const later = new SkillIndex(disk, home)
    await later.restore(store)
    expect(answers(later)).toEqual(answers(index))
    const { read } = { ...disk.asked }
    await later.refresh(roots, never)
    expect(disk.asked.read).toBe(read)
  })

  it('believes nothing of what was stored and then damaged', async () => {
    let stored = ''
    const keep = (text: string) => {
      stored = text
    }
    await index.save({ load: async () => undefined, save: async (text) => keep(text) })
    const sound: { words: unknown[]; names: object; columns: object } = JSON.parse(stored)
    const sizeOf = async (text: string) => {
      const other = new SkillIndex(disk, home)
      await other.restore({ load: async () => text, save: async () => {} })
      return other.size
    }
    expect(await sizeOf(JSON.stringify(sound))).toBe(index.size)
    const broken = (list: readonly unknown[]) => [[...list, list[0]], list.slice(1), [{}, ...list.slice(1)], null]
    const damaged = [
      ...['', '{', '[]', '{"format":0}', 'null', stored.slice(0, -1)],
      ...Object.entries(sound.columns).flatMap(([key, list]) =>
        broken(list).map((bad) => JSON.stringify({ ...sound, columns: { ...sound.columns, [key]: bad } })),
      ),
      ...Object.entries(sound.names).flatMap(([key, list]) =>
        broken(list).map((bad) => JSON.stringify({ ...sound, names: { ...sound.names, [key]: bad } })),
      ),
      ...['kind', 'names', 'named'].map((key) =>
        JSON.stringify(sound).replace(new RegExp(`("${key}":\\[)\\d+`), '$1-1'),
      ),
      JSON.stringify({ ...sound, words: [] }),
    ]
    for (const text of damaged) expect([text.slice(-200), await sizeOf(text)]).toEqual([text.slice(-200), 0])
  })

  it('after any changes knows what a new one finds', async () => {
    const names = ['forms', 'charts', 'new']
    const change = fc.record({
      act: fc.constantFrom('write', 'remove', 'open', 'close'),
      name: fc.constantFrom(...names),
      body: fc.constantFrom('', '/forms', '$[web].new', '[x](../forms/SKILL.md)'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        const local = new MemoryWorkspace(files)
        const living = new SkillIndex(local, home)
        await living.refresh(roots, never)
        for (const { act, name, body } of changes) {
          const path = `/repo/.claude/skills/${name}/SKILL.md`
          const text = skillText(name, 'x', body)
          if (act === 'write') local.write(path, text)
          if (act === 'remove') local.remove(path)
          if (act === 'open') living.opened(open(path, text))
          if (act === 'close') living.closed(path)
          await living.update([path], never)
        }
        for (const name of names) living.closed(`/repo/.claude/skills/${name}/SKILL.md`)
        const fresh = new SkillIndex(local, home)
        await fresh.refresh(roots, never)
        expect(answers(living)).toEqual(answers(fresh))
      }),
      { numRuns: runs(60) },
    )
  })
})
