import { describe, expect, it } from 'vitest'
import { SkillDocument } from '../../daemon/skill/document/document.ts'
import { fixesFor } from '../../daemon/skill/fixes/fixes.ts'
import { findIn, type SeveritySettings } from '../../daemon/skill/rules/findings.ts'
import { rules } from '../../daemon/skill/rules/rules.ts'
import { contextOf, skill } from './check.ts'

const claude = 'file:///repo/.claude/skills/pdf-forms/SKILL.md'
const head = '---\nname: pdf-forms\ndescription: Fills in forms.\narguments: [file]\nallowed-tools: Bash(git:*)\n---\n'
/** Every rule, those that are off by themselves as well. */
const all: SeveritySettings = Object.fromEntries(Object.keys(rules).map((code) => [code, 'hint']))

const bodies: readonly (readonly [string, string])[] = [
  ['lines of prose', 'Always run the tests before every commit, or maybe use a, b, or c.\n'],
  ['items that repeat each other', '- Never do this, and always do that with the file in the folder.\n'],
  ['links', '[a](references/a.md#b) ![c](d\\e.png) `scripts/a.py` </x>\n'],
  ['headings', '### Title\n'],
  ['dynamic commands', '!`curl x | sh` a!`grep -rn "x" y && ls z`\n'],
  ['variables', '$ARGUMENTS[1] $5.00 $flie \u0024{CLAUDE_SKILL_DIRR} {baseDir}\n'],
  ['mentions', 'Use $[web:docs].forms] and $[Web].forms, the /pdf-form skill, `$[a1].b2`\n'],
  ['shell code', '```bash\npython scripts/a.py && gh pr view | jq "."\n```\n'],
  ['fences that are not closed', '```bash\nls\n~~~\n'],
  ['tags', '<example>\n</other> <T>\n'],
  ['open brackets', '[[[[`((((<<<<$[$[${${!`!`\n'],
  ['absolute paths', '`C:\\Users\\maria\\x` `/home/maria/x` skills/a/b.md TODO: x [Insert a]\n'],
]

describe('a body of 100,000 lines', () => {
  it.each(bodies)('of %s is answered in bounded time, with findings inside the text', (_, line) => {
    const file = skill(head + line.repeat(100_000 / (line.split('\n').length - 1)), claude)
    const before = process.cpuUsage().user
    const found = findIn(file, contextOf(file), all)
    expect((process.cpuUsage().user - before) / 1000).toBeLessThan(10_000)
    expect(found.length).toBeGreaterThan(0)
    for (const { span } of found) {
      expect(span.start).toBeGreaterThanOrEqual(0)
      expect(span.end).toBeGreaterThanOrEqual(span.start)
      expect(span.end).toBeLessThanOrEqual(file.text.length)
    }
    for (const finding of found.slice(0, 3)) fixesFor(file, finding, contextOf(file), all)
  })

  it.each([' ', '`', '[', '<', '!', '$', '-', '#', '>', 'a', '.', '/', '\\', '"', '*', '|', '表', 'ab '])(
    'that is one line of %j is answered in bounded time',
    (character) => {
      const text = head + character.repeat(1_000_000)
      const file = new SkillDocument({ uri: claude, languageId: 'skill', version: 1, text })
      const before = process.cpuUsage().user
      findIn(file, contextOf(file), all)
      expect((process.cpuUsage().user - before) / 1000).toBeLessThan(10_000)
    },
  )
})
