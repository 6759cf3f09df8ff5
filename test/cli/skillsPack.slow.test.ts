import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { goodSkill, SkillsGround } from '../support/skillsGround.ts'

let ground: SkillsGround
beforeEach(() => {
  ground = new SkillsGround()
})
afterEach(() => ground.end())

describe('paddock skills pack', () => {
  test('packs the same files into the same archive, in order and with what may be run', async () => {
    ground.put('.agents/skills/pdf/SKILL.md', goodSkill('pdf', '# Work\n\nRun scripts/fill.sh, read [more](b.md).\n'))
    chmodSync(ground.put('.agents/skills/pdf/scripts/fill.sh', '#!/bin/sh\nset -e\n'), 0o755)
    ground.put('.agents/skills/pdf/b.md', '# More\n')
    ground.put('.agents/skills/pdf/.git/config', 'secret')
    expect((await ground.skills('pack', '.agents/skills/pdf')).code).toBe(0)
    const first = readFileSync(join(ground.project, 'pdf.skill'))
    expect((await ground.skills('pack', '.agents/skills/pdf')).code).toBe(10)
    expect((await ground.skills('pack', '.agents/skills/pdf', '--force')).code).toBe(0)
    expect(readFileSync(join(ground.project, 'pdf.skill')).equals(first)).toBe(true)
    expect(unzipped(first)).toEqual({
      'pdf/SKILL.md': readFileSync(join(ground.project, '.agents/skills/pdf/SKILL.md'), 'utf8'),
      'pdf/b.md': '# More\n',
      'pdf/scripts/fill.sh': '#!/bin/sh\nset -e\n',
    })
  })

  test('takes a skill by its name, as rename does', async () => {
    ground.put('.claude/skills/forms/SKILL.md', goodSkill('forms'))
    const { code, out } = await ground.skills('pack', 'forms')
    expect([code, out]).toEqual([0, `  forms/SKILL.md\n${join(ground.project, 'forms.skill')}\n`])
    expect((await ground.skills('pack', 'other')).err).toBe(`There is no skill "other" in ${ground.project}.\n`)
  })

  test('refuses links, what is too large and what the publisher refuses', async () => {
    ground.put('.agents/skills/pdf/SKILL.md', goodSkill('pdf').replace('---\n\n', 'model: haiku\n---\n\n'))
    const refused = await ground.skills('pack', '.agents/skills/pdf')
    expect(refused).toMatchObject({ code: 11, err: expect.stringMatching(/K09 error.*Nothing was written/s) })
    ground.put('.agents/skills/pdf/SKILL.md', goodSkill('pdf'))
    symlinkSync('/etc/passwd', join(ground.project, '.agents/skills/pdf/data.txt'))
    expect((await ground.skills('pack', '.agents/skills/pdf')).err).toContain('data.txt: it is a symbolic link.')
    rmSync(join(ground.project, '.agents/skills/pdf/data.txt'))
    ground.put('.agents/skills/pdf/big.bin', 'x'.repeat(8_000_001))
    expect((await ground.skills('pack', '.agents/skills/pdf')).err).toContain('larger than 8 MB')
    expect(existsSync(join(ground.project, 'pdf.skill'))).toBe(false)
  })
})

/** The texts of an archive, read by its directory. */
function unzipped(archive: Buffer): Record<string, string> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  const count = archive.readUInt16LE(end + 10)
  let at = archive.readUInt32LE(end + 16)
  const texts: Record<string, string> = {}
  for (let i = 0; i < count; i++) {
    const [method, packed, length] = [
      archive.readUInt16LE(at + 10),
      archive.readUInt32LE(at + 20),
      archive.readUInt16LE(at + 28),
    ]
    const name = archive.toString('utf8', at + 46, at + 46 + length)
    const local = archive.readUInt32LE(at + 42)
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const bytes = archive.subarray(start, start + packed)
    texts[name] = (method === 8 ? inflateRawSync(bytes) : bytes).toString()
    at += 46 + length
  }
  return texts
}
