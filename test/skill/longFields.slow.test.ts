import { describe, expect, it } from 'vitest'
import { SkillDocument } from '../../daemon/skill/document/document.ts'
import { findIn, type SeveritySettings } from '../../daemon/skill/rules/findings.ts'
import { rules } from '../../daemon/skill/rules/rules.ts'
import { contextOf } from './check.ts'

/** Every rule, those that are off by themselves as well. */
const all: SeveritySettings = Object.fromEntries(Object.keys(rules).map((code) => [code, 'hint']))
const length = 40_000

/** What a text may repeat to make a rule look at it again and again, or make a pattern of it that is too large. */
const pieces = [
  ...[
    ' ',
    '\n',
    ' \n',
    '\n\n\t',
    'a',
    'a ',
    'A',
    '1,',
    'é',
    '表',
    '\uFFFD',
    '\u200B',
    '\u202E',
    '\0',
    '\r\n',
    '\u2028',
  ],
  ...[
    'a: ',
    '"a": ',
    '- a\n',
    'a/',
    '../',
    './',
    'a.md ',
    'scripts/a.py ',
    'C:\\a ',
    'https://a.b/',
    '@a/b ',
    'x@y.z ',
  ],
  ...['-', '--', '-a ', '"', "'", '\\', '=', 'a=', '#', '*', '**', '_', '~', '|', '> ', '1. ', '`', '```', '`a` '],
  ...['[', '[a](', '](#', '(', '{', '{{a}}', '<', '<a ', '</a>', '<!--', '-->', '$', '$(', '${', '$1', '!`', '&#65;'],
  ...[
    'a && ',
    '; echo ',
    '; true',
    '|| ',
    '2> a',
    'curl ',
    'wget a ',
    'sudo ',
    'eval ',
    'export A=',
    'npm run a ',
    'rm -rf ',
  ],
  ...['if ', 'and ', 'use when ', 'users ', 'never ', 'e.g. ', 'etc. ', 'TODO: ', 'the skill ', '/pdf ', '$[a].b '],
  ...[
    'Bash(',
    'Bash(a ',
    'mcp__',
    'mcp__a__b ',
    'AAAA',
    'Zm9v',
    '\\x41',
    'sk-',
    'ghp_',
    'eyJ',
    'password=',
    '-----BEGIN ',
  ],
]

const line = (text: string) => text.replaceAll(/[\r\n]/g, ' ')
const said = (text: unknown) => JSON.stringify(text)
const withHead = (head: string, body = '# Title\n\nDo it.\n') => `---\n${head}\n---\n\n${body}`
const sound = 'name: pdf-forms\ndescription: Fills in forms. Use when asked.\n'

const skill = '.claude/skills/pdf-forms/SKILL.md'
const places: readonly (readonly [string, string, (text: string) => string])[] = [
  ['a description', skill, (text) => withHead(`name: pdf-forms\ndescription: ${said(text)}`)],
  ['a description without quotes', skill, (text) => withHead(`name: pdf-forms\ndescription: x ${line(text)}`)],
  ['a name', skill, (text) => withHead(`name: ${said(text)}\ndescription: Fills in forms.`)],
  ['a list of tools', skill, (text) => withHead(`${sound}allowed-tools: ${said(text)}`)],
  ['a pattern of a tool', skill, (text) => withHead(`${sound}allowed-tools: Bash(${line(text)})`)],
  ['when to use it', skill, (text) => withHead(`${sound}when_to_use: ${said(text)}\nargument-hint: ${said(text)}`)],
  ['a key', skill, (text) => withHead(`${sound}${said(text)}: x`)],
  ['a comment', skill, (text) => withHead(`${sound}# ${line(text)}`)],
  ['the frontmatter', skill, (text) => withHead(sound + text)],
  [
    'a hook',
    skill,
    (text) =>
      withHead(`${sound}hooks: {Stop: [{matcher: ${said(text)}, hooks: [{type: command, command: ${said(text)}}]}]}`),
  ],
  ['a body', skill, (text) => withHead(sound, `Run the script to deploy. ${text} end`)],
  ['shell code', skill, (text) => withHead(sound, `\`\`\`bash\n${text}\n\`\`\`\n`)],
  ['code in a line', skill, (text) => withHead(sound, `Use \`a${line(text)}\` now.`)],
  ['a dynamic command', skill, (text) => withHead(sound, `!\`git log | grep ${line(text)} || true; echo \``)],
  ['a link', skill, (text) => withHead(sound, `See [a](${line(text)}), [${text}](a.md) and [b](<${line(text)}>).`)],
  ['a heading', skill, (text) => withHead(sound, `## ${line(text)}\n\nDo it.`)],
  ['a comment of a body', skill, (text) => withHead(sound, `<!-- ${text} -->`)],
  ['a table', skill, (text) => withHead(sound, `| a | b |\n|---|---|\n| ${line(text)} | x |`)],
  ['instructions', 'AGENTS.md', (text) => `# Project\n\n- ${text}`],
  ['an import', 'CLAUDE.md', (text) => `# Project\n\n@${text}`],
  ['a rule', '.cursor/rules/a.mdc', (text) => withHead(`description: a\nglobs: ${line(text)}`, text)],
  [
    'instructions for files',
    '.github/instructions/a.instructions.md',
    (text) => withHead(`applyTo: ${said(text)}`, text),
  ],
  ['a memory', '.claude/agent-memory/a/MEMORY.md', (text) => `- [a](${line(text)}) — x\n- ${text}`],
  [
    'an agent',
    '.claude/agents/a.md',
    (text) => withHead(`name: a\ndescription: ${said(text)}\ntools: ${said(text)}\nmodel: ${said(text)}`, text),
  ],
  ['a command', '.claude/commands/a.md', (text) => withHead('description: a', `Do $ARGUMENTS ${text}`)],
  [
    'what Codex shows',
    '.agents/skills/a/agents/openai.yaml',
    (text) =>
      `interface:\n  display_name: ${said(text)}\n  default_prompt: ${said(text)}\n  icon_small: ${said(text)}\n`,
  ],
  [
    'evals',
    '.claude/skills/a/evals/evals.json',
    (text) => said({ skill_name: text, evals: [{ id: 1, prompt: text, files: [text] }] }),
  ],
  [
    'a plugin',
    '.claude-plugin/plugin.json',
    (text) => said({ name: text, version: text, commands: text, mcpServers: { a: { command: text, args: [text] } } }),
  ],
  [
    'a marketplace',
    '.claude-plugin/marketplace.json',
    (text) => said({ name: text, plugins: [{ name: text, source: text }] }),
  ],
]

function languageOf(path: string): string {
  if (path.endsWith('SKILL.md')) return 'skill'
  return path.endsWith('.json') ? 'json' : path.endsWith('.yaml') ? 'yaml' : 'markdown'
}

describe(`a text of ${length} characters that repeats itself is answered in bounded time`, () => {
  it.each(places)('as %s', (_, path, make) => {
    for (const piece of pieces) {
      const text = make(piece.repeat(length / piece.length))
      const file = new SkillDocument({ uri: `file:///repo/${path}`, languageId: languageOf(path), version: 1, text })
      const before = process.cpuUsage().user
      const found = findIn(file, contextOf(file), all)
      expect((process.cpuUsage().user - before) / 1000, said(piece)).toBeLessThan(3_000)
      for (const { span } of found) {
        expect(span.start).toBeGreaterThanOrEqual(0)
        expect(span.end).toBeGreaterThanOrEqual(span.start)
        expect(span.end).toBeLessThanOrEqual(text.length)
      }
    }
  })
})
