import { describe, expect, it } from 'vitest'
import { clients } from '../../daemon/skill/clients/clients.ts'
import { type Profile, profileIds, profiles } from '../../daemon/skill/rules/profiles.ts'
import { home } from './check.ts'
import { projectFiles, skillFiles } from './realWorldCatalogue.ts'
import { type World, worldOf } from './world.ts'

const folders = ['.agents', '.claude', '.github', '.codex', '.gemini', '.opencode', '.cursor', '.pi', '.roo']

async function graveIn(world: World): Promise<string[]> {
  const grave: string[] = []
  for (const path of world.service.index.paths()) {
    const document = await world.service.read(path)
    if (document === 'missing') throw new Error(`${path} cannot be read.`)
    for (const { code, severity, span, message } of await world.service.allFindings(document)) {
      if (severity !== 'error' && severity !== 'warning') continue
      grave.push(`${path} ${severity} ${code} «${document.slice(span)}»: ${message}`)
    }
  }
  return grave
}

/** The skills in a folder of skills. */
function under(root: string, change = (text: string) => text): Record<string, string> {
  return Object.fromEntries(Object.entries(skillFiles).map(([path, text]) => [`${root}/${path}`, change(text)]))
}

/** A folder from which a client loads skills; those of the specification lie in any. */
function rootFor({ client }: Profile): string {
  const [own] = client ? clients[client].folders : []
  const { path, scope } = own ?? { path: '.agents/skills', scope: 'project' }
  return `${scope === 'project' ? '/repo' : home}/${path}`
}

describe('of a project as people have them, nothing is said as an error or a warning', () => {
  it.each(folders)('with its skills in %s', async (folder) => {
    const world = await worldOf({ ...under(`/repo/${folder}/skills`), ...projectFiles })
    expect(world.service.index.paths().length).toBeGreaterThan(25)
    expect(await graveIn(world)).toEqual([])
  })

  it('with lines that end with CRLF', async () => {
    const world = await worldOf(under('/repo/.agents/skills', (text) => text.replaceAll('\n', '\r\n')))
    expect(await graveIn(world)).toEqual([])
  })

  it('in the home directory, where nothing is a project', async () => {
    expect(await graveIn(await worldOf(under(`${home}/.claude/skills`)))).toEqual([])
  })

  it('and for every client that is asked for; a publisher says what it refuses', async () => {
    for (const id of profileIds.filter((each) => !each.startsWith('publish'))) {
      const world = await worldOf(under(rootFor(profiles[id])))
      world.service.settings = { severities: {}, profiles: [id] }
      expect([id, await graveIn(world)]).toEqual([id, []])
    }
    const world = await worldOf(under('/repo/.agents/skills'))
    world.service.settings = { severities: {}, profiles: ['publish-claude.ai'] }
    expect(new Set((await graveIn(world)).map((line) => /(?:error|warning) (\w+)/.exec(line)?.[1]))).toContain('K09')
  })
})
