import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SkillsGround } from '../support/skillsGround.ts'

let ground: SkillsGround
beforeEach(() => {
  ground = new SkillsGround()
})
afterEach(() => ground.end())

describe('paddock skills new', () => {
  test('a new skill lies where its client looks, is without errors, and nothing is written over', async () => {
    const file = join(ground.project, '.claude/skills/pdf-forms/SKILL.md')
    expect(await ground.skills('new', 'pdf-forms', '--client', 'claude-code')).toEqual({
      code: 0,
      err: '',
      out: `${file}\n`,
    })
    expect((await ground.skills('check', file)).code).not.toBe(11)
    expect(await ground.skills('new', 'pdf-forms', '--client', 'claude-code')).toMatchObject({
      code: 10,
      err: expect.stringContaining('it is there already'),
    })
    expect((await ground.skills('new', 'other')).out.trim()).toBe(join(ground.project, '.agents/skills/other/SKILL.md'))
    expect((await ground.skills('new', '../escape')).code).toBe(10)
    expect((await ground.skills('new', 'lost', '--folder', 'nowhere')).code).toBe(10)
    expect(existsSync(join(ground.project, 'nowhere'))).toBe(false)
  })
})
