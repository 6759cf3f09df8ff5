import { describe, expect, it } from 'vitest'
import { fixAll } from '../../daemon/skill/fixes/fixes.ts'
import { contextOf, findings, skill } from './check.ts'
import { worldOf } from './world.ts'

const good = 'description: Fills in forms. Use when there is a form.\n'

const everySafeFix = (text: string) => fixAll(skill(text), contextOf(skill(text)))

describe('all rules together', () => {
  it.each([
    `---\nname: pdf-forms\n${good}---\n\n# Forms\n`,
    `---\r\nname: pdf-forms\r\ndescription: |\r\n  Fills in forms.\r\n\r\n  Use when: there is one.\r\n---\r\nBody`,
    `---\n# Keys of many clients\nname: pdf-forms\ndescription: 'x'\nmodel: opus\nuser-invocable: false\nversion: 1.0\nhooks:\n  Stop:\n    - hooks: [{type: command, command: ls}]\n---\nFill it in.\n`,
    `---\nname: pdf-forms\ndescription: Use for <TMessage>, $5 and {baseDir}; mail <noreply@example.org>\nallowed-tools: Read Bash(git:*)\n---\nFill it in.\n`,
  ])('have nothing to say about a sound skill', (text) => {
    expect(findings(skill(text))).toEqual([])
  })

  it('say one thing about one mistake', () => {
    expect(findings(skill('---\nname: pdf-forms\ndescription: Use when: x, or: y\n---\nFill it in.\n'))).toEqual([
      'Y05 «:»',
    ])
    expect(findings(skill('---\nname: "x\n'))).toEqual(['Y03 «---»'])
    expect(findings(skill('\n---\nlicense: MIT\n---\nFill it in.\n'))).toEqual(['Y02 «---»'])
  })

  it('fix everything that is safe in one go', () => {
    const text =
      '\n---\r\nname: PDF Forms\r\ndescription: Use when: a form\r\nmetadata:\r\n\tauthor: ana\r\n# The text\r\n'
    expect(everySafeFix(text)).toBe(
      "---\r\nname: pdf-forms\r\ndescription: 'Use when: a form'\r\nmetadata:\r\n  author: ana\r\n# The text\r\n---\r\n",
    )
    const sound = `---\nname: pdf-forms\n${good}---\n`
    expect(everySafeFix(sound)).toBe(sound)
  })
})

describe('what a file is checked for, where nobody says', () => {
  it.each([
    ['/repo/.claude/skills/forms/SKILL.md', ['claude-code']],
    ['/repo/skills/forms/SKILL.md', ['spec']],
    ['/repo/plugins/a/skills/forms/SKILL.md', ['claude-code']],
    ['/repo/plugins/b/skills/forms/SKILL.md', ['claude-code', 'codex']],
    ['/repo/plugins/b/nested/.agents/skills/forms/SKILL.md', ['spec']],
  ])('%s', async (path, expected) => {
    const { open } = await worldOf({
      [path]: `---\nname: forms\n${good}---\n\nFill it in.\n`,
      '/repo/plugins/a/.claude-plugin/plugin.json': '{"name": "a"}',
      '/repo/plugins/b/.claude-plugin/plugin.json': '{"name": "b"}',
      '/repo/plugins/b/.codex-plugin/plugin.json': '{"name": "b"}',
    })
    expect(open(path).context.profiles.slice(0, 2)).toEqual(
      expected[0] === 'spec' ? expect.arrayContaining(expected) : expected,
    )
  })
})
