import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { goodSkill, SkillsGround } from '../support/skillsGround.ts'

let ground: SkillsGround
beforeEach(() => {
  ground = new SkillsGround()
})
afterEach(() => ground.end())

describe('paddock skills list', () => {
  test('tells per client which file wins, and whose description has no room', async () => {
    ground.put('.claude/skills/pdf/SKILL.md', goodSkill('pdf'))
    mkdirSync(join(ground.home, '.claude/skills/pdf'), { recursive: true })
    writeFileSync(join(ground.home, '.claude/skills/pdf/SKILL.md'), goodSkill('pdf'))
    ground.put('.claude/skills/xls/SKILL.md', goodSkill('xls'))
    const listed = JSON.parse(
      (await ground.skills('list', '--client', 'claude-code', '--client', 'vscode', '--json')).out,
    )
    const [claude, vscode] = listed.clients
    const mine = join(ground.home, '.claude/skills/pdf/SKILL.md')
    const ours = join(ground.project, '.claude/skills/pdf/SKILL.md')
    expect(claude.skills).toMatchObject([
      { path: mine, state: 'shown' },
      { path: ours, state: 'shadowed', winner: mine },
      { name: 'xls', state: 'shown' },
    ])
    expect(vscode.skills).toMatchObject([
      { path: ours, state: 'shown' },
      { path: mine, state: 'shadowed', winner: ours },
      { name: 'xls' },
    ])
    const small = await ground.skills('list', '--client', 'claude-code', '--window', '3000')
    expect(small.out).toMatch(/^Claude Code \(claude-code\): 3 skills; the listing has \d+ of 120 characters$/m)
    expect(small.out).toMatch(/ {2}xls .*\[no room for its description\]/)
    expect((await ground.skills('list', '--client', 'word')).code).toBe(10)
    const nowhere = await ground.skills('list', '--folder', 'nowhere')
    expect(nowhere).toMatchObject({ code: 10, err: expect.stringContaining('there is no such file or folder') })
  })

  test('says so where there is none', async () => {
    const out = 'No client finds a skill here or in the home directory.\n'
    expect(await ground.skills('list')).toEqual({ code: 0, err: '', out })
  })
})
