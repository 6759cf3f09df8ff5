import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { goodSkill, SkillsGround } from '../support/skillsGround.ts'

let ground: SkillsGround
beforeEach(() => {
  ground = new SkillsGround()
})
afterEach(() => ground.end())

describe('paddock skills rename', () => {
  test('renaming changes name, folder, mentions and links, and back again is the same', async () => {
    ground.put('.agents/skills/old/SKILL.md', goodSkill('old'))
    const guide = ground.put('GUIDE.md', 'Use $[team].old, or read [it](.agents/skills/old/SKILL.md).\n')
    const before = readFileSync(guide, 'utf8')
    const planned = await ground.skills('rename', 'old', 'new-name', '--dry-run')
    expect(planned.out).toContain('.agents/skills/old → .agents/skills/new-name\nNothing was changed.')
    expect(readFileSync(guide, 'utf8')).toBe(before)
    expect((await ground.skills('rename', 'old', 'new-name')).code).toBe(0)
    expect(readFileSync(guide, 'utf8')).toBe(before.replaceAll('old', 'new-name'))
    expect(readFileSync(join(ground.project, '.agents/skills/new-name/SKILL.md'), 'utf8')).toContain('name: new-name\n')
    expect((await ground.skills('rename', 'new-name', 'old')).code).toBe(0)
    expect(readFileSync(guide, 'utf8')).toBe(before)
    expect((await ground.skills('rename', 'old', 'old')).out).toBe('It is called "old" already.\n')
    ground.put('.agents/skills/taken/x', '')
    expect((await ground.skills('rename', 'old', 'taken')).code).toBe(10)
    expect(readFileSync(join(ground.project, '.agents/skills/old/SKILL.md'), 'utf8')).toBe(goodSkill('old'))
    expect((await ground.skills('rename', 'nothing', 'x')).err).toContain('There is no skill "nothing"')
  })
})
