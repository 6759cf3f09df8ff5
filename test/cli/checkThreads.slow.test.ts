import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { checkAll } from '../../daemon/cli/skills/checked.ts'
import { CheckThreads } from '../../daemon/cli/skills/checkThreads.ts'
import { openSkills, type SkillsOnDisk } from '../../daemon/cli/skills/skillsOnDisk.ts'

const settings = { severities: {} }
const count = 3200
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paddock-threads-'))
  for (let number = 0; number < count; number++) {
    const skill = join(folder, `.agents/skills/skill-${number}`)
    mkdirSync(skill, { recursive: true })
    const head = `---\nname: skill-${number % 7 === 0 ? number + 1 : number}\ndescription: Does thing ${number}.\n---\n`
    writeFileSync(join(skill, 'SKILL.md'), `${head}\nSee [it](gone-${number}.md), /skill-${(number * 7) % count}.\n`)
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** With `pause`, this thread waits before each file, so that others take nearly all. */
async function checked(threads?: CheckThreads, most = 0, pause = 0) {
  const skills = await openSkills([folder], { settings, counted: (files) => threads?.begin(files, most) })
  const asIs = skills.service.read.bind(skills.service)
  const read = vi.spyOn(skills.service, 'read')
  if (pause > 0) {
    read.mockImplementation(async (path) => setTimeout(pause).then(() => asIs(path)))
  }
  const check = threads && ((all: SkillsOnDisk) => threads.check(all))
  return { findings: await checkAll(skills, check), own: read.mock.calls.length }
}

test('other threads take files off this one, and all find what one finds, in the same order', async () => {
  const alone = await checked()
  expect(alone.own).toBe(count)
  expect(new Set(alone.findings.map(({ code }) => code)).size).toBeGreaterThan(3)
  for (const most of [1, 3]) {
    const { findings, own } = await checked(new CheckThreads({ paths: [folder], settings }), most, 5)
    expect(findings).toEqual(alone.findings)
    expect(own).toBeLessThan(count)
  }
})

test('threads that fail take nothing away', async () => {
  const { findings, own } = await checked(new CheckThreads({ paths: [join(folder, 'gone')], settings }), 2)
  expect(findings).toEqual((await checked()).findings)
  expect(own).toBe(count)
})
