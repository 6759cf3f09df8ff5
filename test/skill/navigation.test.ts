import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { incomingCalls, outgoingCalls, prepareCalls } from '../../daemon/skill/features/callHierarchy.ts'
import { definition } from '../../daemon/skill/features/definition.ts'
import { documentLinks } from '../../daemon/skill/features/documentLinks.ts'
import { linkedEditing } from '../../daemon/skill/features/linkedEditing.ts'
import { references } from '../../daemon/skill/features/references.ts'
import { filesRenamed, prepareRename, rename } from '../../daemon/skill/features/rename.ts'
import { workspaceSymbols } from '../../daemon/skill/features/symbols.ts'
import { runs } from '../support/seed.ts'
import { home } from './check.ts'
import { shown, support, type World, worldOf } from './world.ts'

const forms = '/repo/.claude/skills/forms/SKILL.md'
const charts = '/repo/.claude/skills/charts/SKILL.md'
const agents = '/repo/AGENTS.md'
const reviewer = '/repo/.claude/agents/reviewer.md'

const files = {
  [forms]:
    '---\nname: forms\ndescription: Fills in forms.\n---\n# Forms\n\nFirst /charts, see [how](reference.md#more-of-it).\n',
  '/repo/.claude/skills/forms/reference.md': '# Reference\n\n## More of it\n\nBack to [forms](SKILL.md).\n',
  [charts]:
    '---\nname: charts\ndescription: Draws charts.\nagent: reviewer\n---\nSee [it](../forms/SKILL.md) and [more](../forms/reference.md), $[web].forms.\n',
  [reviewer]: '---\nname: reviewer\ndescription: Reviews.\nskills: [forms, charts]\n---\n',
  [agents]: 'Use /forms for forms and $charts for charts, never /usr/bin/forms. @docs/more.md\n',
  '/repo/docs/more.md': 'The skill /forms and [its text](../.claude/skills/forms/SKILL.md).\n',
  [`${home}/.claude/skills/charts/SKILL.md`]: '---\nname: charts\ndescription: My charts.\n---\n',
}

let world: World
beforeEach(async () => {
  world = await worldOf(files)
})

describe('definition', () => {
  it.each([
    [agents, 'Use /fo|rms', [`${forms} «»`]],
    [agents, 'Use $ch|arts', [`${charts} «»`, `${home}/.claude/skills/charts/SKILL.md «»`]],
    [charts, '$[web].for|ms', [`${forms} «»`]],
    [forms, 'See [how](reference.md#more|-of-it)', ['/repo/.claude/skills/forms/reference.md «More of it»']],
    [forms, 'See [how](refer|ence.md)', ['/repo/.claude/skills/forms/reference.md «»']],
    [forms, '# How\n\nSee [how](#ho|w)', [`${forms} «How»`]],
    [reviewer, '---\nname: a\nskills: [for|ms]\n---\n', [`${forms} «»`]],
    [charts, '---\nname: charts\nagent: review|er\n---\n', [`${reviewer} «»`]],
    [forms, '---\nname: for|ms\n---\n', [`${forms} «forms»`]],
    [agents, 'See @docs/mo|re.md', ['/repo/docs/more.md «»']],
    [agents, 'Use /unkno|wn', []],
    [agents, 'See [x](missing|.md)', []],
    [agents, 'Plain wo|rd', []],
    [agents, '`/usr/bin/for|ms`', []],
  ])('in %s of %j', async (path, marked, expected) => {
    const { document, position, context } = world.at(path, marked)
    expect(shown(world, await definition(document, position, context))).toEqual(expected)
  })
})

describe('references', () => {
  const all = [
    '/repo/.claude/agents/reviewer.md «forms»',
    '/repo/.claude/skills/charts/SKILL.md «../forms/SKILL.md»',
    '/repo/.claude/skills/charts/SKILL.md «../forms/reference.md»',
    '/repo/.claude/skills/charts/SKILL.md «forms»',
    '/repo/AGENTS.md «forms»',
    '/repo/docs/more.md «forms»',
    '/repo/docs/more.md «../.claude/skills/forms/SKILL.md»',
  ]

  it('of a skill are names and links, from wherever they are asked for', async () => {
    for (const [path, marked] of [
      [forms, files[forms]!.replace('name: forms', 'name: fo|rms')],
      ['/repo/docs/more.md', files['/repo/docs/more.md']!.replace('/forms and', '/fo|rms and')],
    ] as const) {
      const { document, position, context } = world.at(path, marked)
      expect(shown(world, await references(document, position, false, context))).toEqual(all)
    }
  })

  it('begin with the skill itself where the declaration is wanted', async () => {
    const { document, position, context } = world.at(forms, '---\nname: fo|rms\n---\n')
    expect(shown(world, await references(document, position, true, context))[0]).toBe(`${forms} «»`)
  })

  it('of a plain file are the links to it', async () => {
    const { document, position, context } = world.at(charts, '[more](../forms/refer|ence.md)')
    expect(shown(world, await references(document, position, false, context))).toEqual([
      `${charts} «../forms/reference.md»`,
      `${forms} «reference.md»`,
    ])
  })

  it('leave names that mean a nearer skill of the same name', async () => {
    const { document, position, context } = world.at(
      `${home}/.claude/skills/charts/SKILL.md`,
      '---\nname: char|ts\n---\n',
    )
    expect(await references(document, position, false, context)).toEqual([])
  })

  it('count what an unsaved editor says', async () => {
    world.open('/repo/docs/more.md', 'Nothing any more.')
    const { document, position, context } = world.at(forms, '---\nname: fo|rms\n---\n')
    expect(shown(world, await references(document, position, false, context))).toEqual(all.slice(0, 5))
  })
})

async function renamed(path: string, marked: string, name: string) {
  const { document, position, context } = world.at(path, marked)
  return rename(document, position, name, support, context)
}

const texts = (of: World) => Object.fromEntries(of.disk.paths().map((path) => [path, of.disk.text(path)]))

describe('rename', () => {
  const atForms = files[forms]!.replace('name: forms', 'name: |forms')

  it('changes name, folder, mentions and links in one edit', async () => {
    const edit = await renamed(forms, atForms, 'papers')
    if ('reason' in edit) throw new Error(edit.reason)
    await world.apply(edit)
    expect(texts(world)).toEqual({
      '/repo/.claude/skills/papers/SKILL.md': files[forms]!.replace('name: forms', 'name: papers'),
      '/repo/.claude/skills/papers/reference.md': files['/repo/.claude/skills/forms/reference.md'],
      [charts]: files[charts]!.replaceAll('../forms/', '../papers/').replace('$[web].forms', '$[web].papers'),
      [reviewer]: files[reviewer]!.replace('forms', 'papers'),
      [agents]: files[agents]!.replace('Use /forms', 'Use /papers'),
      '/repo/docs/more.md': files['/repo/docs/more.md']!.replaceAll('/forms', '/papers'),
      [`${home}/.claude/skills/charts/SKILL.md`]: files[`${home}/.claude/skills/charts/SKILL.md`],
    })
  })

  it('of an agent renames its file', async () => {
    const edit = await renamed(charts, files[charts]!.replace('agent: reviewer', 'agent: review|er'), 'critic')
    if ('reason' in edit) throw new Error(edit.reason)
    await world.apply(edit)
    expect(world.disk.text('/repo/.claude/agents/critic.md')).toBe(
      files[reviewer]!.replace('name: reviewer', 'name: critic'),
    )
    expect(world.disk.text(charts)).toBe(files[charts]!.replace('agent: reviewer', 'agent: critic'))
  })

  it('back again leads to the same disk, whatever the names', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{1,8}(-[a-z0-9]{1,5}){0,2}$/)
    const place = fc.constantFrom([forms, 'name: forms'], [charts, 'name: charts'], [reviewer, 'name: reviewer'])
    await fc.assert(
      fc.asyncProperty(place, name, async ([path, line], to) => {
        fc.pre(!['forms', 'charts', 'reviewer', 'usr', 'true', 'null', 'yes', 'no', 'on', 'off'].includes(to))
        world = await worldOf(files)
        const before = texts(world)
        const from = line!.slice(6)
        const there = await renamed(path!, files[path!]!.replace(line!, `name: |${from}`), to)
        if ('reason' in there) throw new Error(there.reason)
        await world.apply(there)
        const moved = path!.replace(`/${from}`, `/${to}`)
        const back = await renamed(moved, world.disk.text(moved)!.replace(`name: ${to}`, `name: |${to}`), from)
        if ('reason' in back) throw new Error(back.reason)
        await world.apply(back)
        expect(texts(world)).toEqual(before)
      }),
      { numRuns: runs(40) },
    )
  })

  it.each(['', 'Two Words', '-x', 'a'.repeat(65), '../x'])('to %j is refused', async (name) => {
    expect(await renamed(forms, atForms, name)).toMatchObject({ type: 'refusal' })
  })

  it('to a name that stands beside it is refused', async () => {
    expect(await renamed(forms, atForms, 'charts')).toMatchObject({
      reason: 'There is already something called charts beside it.',
    })
  })

  it('is offered where a name stands and nowhere else', () => {
    const prepared = (path: string, marked: string) => {
      const { document, position, context } = world.at(path, marked)
      const found = prepareRename(document, position, context)
      return found && `${found.placeholder} «${document.source.getText(found.range)}»`
    }
    expect(prepared(agents, 'See $[web].for|ms')).toBe('forms «forms»')
    expect(prepared(forms, '---\nname: "fo|rms"\n---\n')).toBe('forms «forms»')
    expect(prepared(agents, 'See /unkn|own')).toBeUndefined()
    expect(prepared(forms, '[x](refer|ence.md)')).toBeUndefined()
  })

  it('without support for files changes texts only', async () => {
    const { document, position, context } = world.at(forms, atForms)
    const texts = async (versioned: boolean) => {
      const edit = await rename(document, position, 'papers', { versioned, snippets: false, files: false }, context)
      if ('reason' in edit) throw new Error(edit.reason)
      return edit
    }
    expect(Object.keys((await texts(false)).changes!)).toHaveLength(5)
    const { documentChanges } = await texts(true)
    expect(documentChanges).toHaveLength(5)
    for (const change of documentChanges!) expect(change).toHaveProperty('textDocument')
  })
})

describe('files that are renamed in the explorer', () => {
  it('take the skill’s name, mentions and links along', async () => {
    const move = { from: '/repo/.claude/skills/forms', to: '/repo/.claude/skills/papers' }
    const edit = await filesRenamed([move], support, world.service.world)
    await world.apply(edit)
    world.disk.rename(move.from, move.to)
    expect(world.disk.text('/repo/.claude/skills/papers/SKILL.md')).toContain('name: papers')
    expect(world.disk.text(agents)).toContain('Use /papers')
    expect(world.disk.text('/repo/docs/more.md')).toContain('(../.claude/skills/papers/SKILL.md)')
    expect(world.disk.text(charts)).toContain('(../papers/reference.md)')
  })

  it('by a rename of the skill, whose edits are made by then, want no second question about edits that change nothing', async () => {
    world.open(forms, files[forms]!.replace('name: forms', 'name: papers'))
    world.open(agents, files[agents]!.replace('Use /forms', 'Use /papers'))
    const move = { from: '/repo/.claude/skills/forms', to: '/repo/.claude/skills/papers' }
    const { documentChanges } = await filesRenamed([move], support, world.service.world)
    expect(JSON.stringify(documentChanges)).not.toMatch(/AGENTS\.md|forms\/SKILL\.md/)
  })

  it('that are told one by one and with their folder change each place once', async () => {
    const folder = { from: '/repo/.claude/skills/forms', to: '/repo/.claude/skills/papers' }
    const file = { from: `${folder.from}/reference.md`, to: `${folder.to}/reference.md` }
    await world.apply(await filesRenamed([folder, file, folder], support, world.service.world))
    expect(world.disk.text(agents)).toContain('Use /papers')
    expect(world.disk.text(charts)).toContain('(../papers/reference.md)')
  })

  it('to a name that a link cannot hold as it is are linked in its spelling', async () => {
    const move = { from: '/repo/.claude/skills/forms/reference.md', to: '/repo/.claude/skills/forms/all (of it.md' }
    await world.apply(await filesRenamed([move], support, world.service.world))
    expect(world.disk.text(forms)).toContain('[how](all%20%28of%20it.md#more-of-it)')
    expect(world.disk.text(charts)).toContain('(../forms/all%20%28of%20it.md)')
  })

  it('take links to a plain file along, and to a folder that moves elsewhere', async () => {
    await world.apply(
      await filesRenamed(
        [{ from: '/repo/.claude/skills/forms/reference.md', to: '/repo/.claude/skills/forms/docs/all of it.md' }],
        support,
        world.service.world,
      ),
    )
    expect(world.disk.text(forms)).toContain('[how](docs/all%20of%20it.md#more-of-it)')
    expect(world.disk.text(charts)).toContain('(../forms/docs/all%20of%20it.md)')
  })
})

describe('links', () => {
  it('are names, imports and files', () => {
    const { document, context } = world.open(
      agents,
      'Use /forms, see [x](docs/more.md#a), @docs/more.md and /nothing.\n',
    )
    const links = (complement: boolean) =>
      documentLinks(document, complement, context).map(
        ({ range, target }) => `${document.source.getText(range)} → ${target}`,
      )
    expect(links(false)).toEqual([
      `/forms → file://${forms}`,
      'docs/more.md → file:///repo/docs/more.md#a',
      'docs/more.md → file:///repo/docs/more.md',
    ])
    expect(links(true)).toEqual([`/forms → file://${forms}`, 'docs/more.md → file:///repo/docs/more.md'])
  })
})

describe('calls', () => {
  it('lead from skills to skills and agents, and back', async () => {
    const { document, position, context } = world.at(agents, 'Use /for|ms')
    const [item] = await prepareCalls(document, position, context)
    expect(item).toMatchObject({ name: 'forms', uri: `file://${forms}` })
    world = await worldOf(files)
    const callers = await incomingCalls(item!, world.service.world)
    expect(callers.map(({ from, fromRanges }) => [from.name, fromRanges.length])).toEqual([
      ['reviewer', 1],
      ['charts', 1],
      ['AGENTS.md', 1],
      ['more.md', 1],
    ])
    const called = await outgoingCalls(item!, world.service.world)
    expect(called.map(({ to }) => to.name)).toEqual(['charts'])
  })
})

describe('workspace symbols', () => {
  it.each([
    ['', ['charts', 'charts', 'forms', 'reviewer']],
    ['form', ['forms']],
    ['fms', ['forms']],
    ['zz', []],
  ])('for %j', (query, expected) => {
    expect(workspaceSymbols(world.service.index, query).map(({ name }) => name)).toEqual(expected)
  })
})

describe('linked editing', () => {
  const linked = (path: string, marked: string) => {
    const { document, position } = world.at(path, marked)
    return linkedEditing(document, position)?.ranges.map(({ start }) => document.source.offsetAt(start))
  }
  it('joins the name with where its file says it again', () => {
    expect(linked(forms, '---\nname: fo|rms\n---\nRun /forms or $[web].forms, not /charts.\n')).toEqual([10, 25, 41])
    expect(linked(forms, '---\nname: fo|rms\n---\nOnce.\n')).toBeUndefined()
  })
  it('joins the ends of a tag', () => {
    expect(linked(agents, 'An <exam|ple>a <b>c</b></example> here.\n')).toEqual([4, 24])
    expect(linked(agents, 'An <example>a <b>c</|b></example> here.\n')).toEqual([15, 20])
    expect(linked(agents, 'An <exam|ple> alone.\n')).toBeUndefined()
  })
})
